// Acts that need a signal: one at a time, and what was not done is said in its
// place on the page.

import { ref } from 'vue'
import type { Answer } from './draft'
import { forget } from './form'
import { brief } from './go'
import { words } from './words'

// why is what a person reads of an answer that is no yes.
function why(answer: Answer): string {
  if (answer.kind === 'ok') return ''
  return answer.kind === 'refused' ? answer.message : words.trouble.notDone
}

export function useAct() {
  const busy = ref('')
  const trouble = ref('')

  // run does an act unless one is under way; its answer where it was a yes.
  async function run(name: string, act: () => Promise<Answer>): Promise<Record<string, any> | undefined> {
    if (busy.value) return undefined
    busy.value = name
    trouble.value = ''
    const answer = await act()
    busy.value = ''
    trouble.value = why(answer)
    return answer.kind === 'ok' ? answer.data : undefined
  }

  // done is run, which says so; what was written for it, under a name, is dropped.
  async function done(name: string, act: () => Promise<Answer>, written = ''): Promise<boolean> {
    if (!(await run(name, act))) return false
    if (written) await forget(written)
    brief(words.waiting.done)
    return true
  }

  return { busy, trouble, run, done }
}
