// What somebody is writing on a page that needs a signal to be sent: words and
// pictures stay on the phone until the server has them.

import { ref, watch } from 'vue'
import { post, postPicture } from './api/http'
import { final, newId, type Answer, type Picture } from './draft'
import { newPicture } from './outbox'
import { dropPicture, dropValue, hasPicture, keepValue, keysFrom, value } from './platform/keep'
import { personId } from './session'

const prefix = 'xf.typed.'
const longest = 60 * 86400_000

// Typed is a form as it is kept. wire and key are those of the last try, so that
// the same form sent again is the same act, also after the phone was off.
interface Typed {
  at: number
  text: string
  pictures: Picture[]
  wire?: string
  key?: string
}

const nameOf = (name: string) => `${prefix}${personId()}.${name}`

// useForm is a form of a page; open takes up what was written under a name.
export function useForm() {
  const text = ref('')
  const pictures = ref<Picture[]>([])
  let shelf = ''
  let last: { wire: string; key: string } | undefined
  let later: ReturnType<typeof setTimeout> | undefined

  async function open(name: string): Promise<void> {
    if (shelf) {
      await keep()
      shelf = text.value = ''
    }
    void sweep()
    const kept = value<Typed>(nameOf(name))
    text.value ||= kept?.text ?? ''
    const found: Picture[] = []
    for (const one of kept?.pictures ?? []) if (await hasPicture(one.kept)) found.push(one)
    pictures.value = found
    last = kept?.wire && kept.key ? { wire: kept.wire, key: kept.key } : undefined
    shelf = nameOf(name)
  }

  async function keep(): Promise<void> {
    clearTimeout(later)
    later = undefined
    if (!shelf) return
    try {
      if (!text.value.trim() && !pictures.value.length) await dropValue(shelf)
      else await keepValue(shelf, { at: Date.now(), text: text.value, pictures: pictures.value, ...last } satisfies Typed)
    } catch {
      // The page still holds it; a picture that does not fit was said already.
    }
  }

  watch([text, pictures], () => {
    if (!shelf) return
    clearTimeout(later)
    later = setTimeout(() => void keep(), 300)
  })

  async function shoot(from: 'camera' | 'album'): Promise<void> {
    const got = await newPicture(from)
    if (got) pictures.value = [...pictures.value, got]
  }

  function drop(id: string): void {
    const gone = pictures.value.find((p) => p.id === id)
    pictures.value = pictures.value.filter((p) => p.id !== id)
    if (gone) void dropPicture(gone.kept)
  }

  // send uploads the pictures that the server has not got, then posts; what came
  // back first that is no yes is the answer. After a yes the form is empty.
  async function send(path: string, body: (photos: string[]) => object): Promise<Answer> {
    const by = personId()
    for (const one of pictures.value) {
      if (one.hash) continue
      const answer = await postPicture(by, one.kept, one.takenAt, one.id)
      if (answer.kind !== 'ok') return answer
      pictures.value = pictures.value.map((p) => (p.id === one.id ? { ...p, hash: String(answer.data.hash) } : p))
    }
    const wire = JSON.stringify(body(pictures.value.map((p) => p.hash ?? '')))
    if (last?.wire !== wire) last = { wire, key: newId(Date.now()) }
    await keep()
    const answer = await post(by, path, wire, last.key)
    if (answer.kind === 'ok') await clear()
    else if (final(answer)) last = undefined
    return answer
  }

  async function clear(): Promise<void> {
    const gone = pictures.value
    text.value = ''
    pictures.value = []
    last = undefined
    await keep()
    for (const one of gone) await dropPicture(one.kept)
  }

  return { text, pictures, open, keep, shoot, drop, send }
}

// forget drops what was written under a name.
export async function forget(name: string): Promise<void> {
  await dropValue(nameOf(name))
}

// sweep drops what nobody has come back to in two months.
async function sweep(): Promise<void> {
  for (const key of keysFrom(prefix)) {
    const kept = value<Typed>(key)
    if (!kept || Date.now() - kept.at < longest) continue
    await dropValue(key)
    for (const one of kept.pictures ?? []) await dropPicture(one.kept)
  }
}
