// Whose session a call goes in, when the phone changes hands at the worst
// moments: what 余广翠 recorded goes in her session or not at all.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'

const src = fileURLToPath(new URL('../src', import.meta.url))

// What differs between phones is played by globalThis.phone.
const played = {
  keep: `export const { value, keysFrom, keepValue, dropValue, keepPicture, hasPicture, dropPicture } = phone`,
  wire: `export const call = (...a) => phone.call(...a); export const upload = (path, headers) => phone.call('POST', path, headers)`,
  login: `export const loginCode = async () => phone.holder; export const systemScale = () => 1`,
  dialogs: `export const closeDialogs = () => {}`,
}
const stage = {
  name: 'phone',
  setup(b) {
    b.onResolve({ filter: /platform\/(keep|wire|login|dialogs)$/ }, (at) => ({ path: at.path.split('/').at(-1), namespace: 'phone' }))
    b.onLoad({ filter: /.*/, namespace: 'phone' }, (at) => ({ contents: 'const phone = globalThis.phone\n' + played[at.path] }))
  },
}

const bundle = await build({
  stdin: { contents: "export * from './outbox'; export * from './session'; export * from './api/http'", resolveDir: src },
  bundle: true, format: 'esm', write: false, plugins: [stage], define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
})

// Phone is one phone and the server behind it. A session is T1, T2 …; people
// are known by their ids.
class Phone {
  constructor() {
    this.kept = new Map()
    this.holder = 'yu'
    this.sessions = new Map()
    this.calls = []
    this.value = (key) => this.kept.get(key)
    this.keysFrom = (prefix) => [...this.kept.keys()].filter((k) => k.startsWith(prefix))
    this.keepValue = async (key, one) => void this.kept.set(key, structuredClone(JSON.parse(JSON.stringify(one))))
    this.dropValue = async (key) => void this.kept.delete(key)
    this.keepPicture = async () => 'file'
    this.hasPicture = async () => true
    this.dropPicture = async () => {}
  }

  me(id) {
    return { id, name: { yu: '余广翠', shi: '石顺发' }[id], bound: true, households: [], villages: [], scale: 1, consent: { version: '1', given: true }, needs: [] }
  }

  // call answers as the server does; before() may change the world while the
  // request is on its way.
  async call(method, path, headers, body) {
    await this.before?.(path)
    if (path === '/login') {
      const token = 'T' + (this.sessions.size + 1)
      this.sessions.set(token, JSON.parse(body).code)
      return { status: 200, data: { token, me: this.me(JSON.parse(body).code) }, retryAfter: '' }
    }
    const owner = this.sessions.get(headers.Authorization?.slice('Bearer '.length))
    this.calls.push({ method, path, owner, meant: headers['X-Person'], phone: headers['X-Phone'], unsent: headers['X-Unsent'] })
    if (!owner || this.ended?.has(headers.Authorization)) return { status: 401, data: {}, retryAfter: '' }
    if (path === '/me') return { status: 200, data: this.me(owner), retryAfter: '' }
    return { status: 200, data: { hash: 'h', id: 'R' }, retryAfter: '' }
  }

  writes(path) {
    return this.calls.filter((c) => c.method === 'POST' && c.path === path)
  }
}

let phone, client

// restart is the client started anew on the same phone.
async function restart() {
  globalThis.phone = phone
  globalThis.uni = { reLaunch: () => (phone.home = (phone.home ?? 0) + 1) }
  client = await import('data:text/javascript;base64,' + Buffer.from(bundle.outputFiles[0].text + '\n//' + Math.random()).toString('base64'))
  await client.openSession()
  await client.openOutbox()
}

let made = 0
const one = () => ({
  id: 'DRAFT' + String(made++).padStart(5, '0'),
  kind: 'record', path: '/records', body: { evidence: [{ photo: 'kept:p' + made }] },
  pictures: [{ id: 'p' + made, kept: 'file', takenAt: '' }], title: '参加清洁日', about: '王桂兰家',
})

// without hands acts over while no signal is there.
async function without(n) {
  const call = phone.call
  phone.call = async () => undefined
  for (let i = 0; i < n; i++) await client.hand(one())
  await client.sendAll(true)
  phone.call = call
}

// held lets every request be checked: none goes in another's session.
function ownersOnly(owner) {
  for (const c of [...phone.writes('/photos'), ...phone.writes('/records')]) assert.deepEqual([c.owner, c.meant], [owner, owner], c.path)
}

// once runs something while the first request to a path is on its way.
function once(path, run) {
  phone.before = async (asked) => {
    if (asked !== path) return
    phone.before = undefined
    await run()
  }
}

beforeEach(async () => {
  phone = new Phone()
  await restart()
  await client.refresh()
  assert.equal(client.personId(), 'yu')
})

test('石 takes the phone while a photo of 余 is on its way: no record, and her drafts wait for her', async () => {
  await without(3)
  phone.holder = 'shi'
  once('/photos', client.enter)
  await client.sendAll(true)
  assert.equal(client.personId(), 'shi')
  assert.equal(phone.writes('/photos').length, 1)
  assert.equal(phone.writes('/records').length, 0)
  await client.sendAll(true)
  assert.equal(phone.writes('/records').length, 0)
  assert.deepEqual(client.others(), [{ name: '余广翠', count: 3 }])

  phone.holder = 'yu'
  await client.enter()
  await client.sendAll(true)
  assert.equal(phone.writes('/records').length, 3)
  ownersOnly('yu')
})

test('the session has ended and who signs in again is another: the record does not go', async () => {
  await without(2)
  phone.ended = new Set(['Bearer T1'])
  phone.holder = 'shi'
  await client.sendAll(true)
  assert.equal(client.personId(), 'shi')
  assert.deepEqual(phone.writes('/photos').map((c) => c.owner), ['yu'], 'one call, that was refused')
  assert.equal(phone.writes('/records').length, 0)
})

test('it has ended between the photo and the record, while another enters', async () => {
  await without(1)
  once('/records', async () => {
    phone.ended = new Set(['Bearer T1'])
    phone.holder = 'shi'
    await client.enter()
  })
  await client.sendAll(true)
  assert.deepEqual(phone.writes('/records').map((c) => c.owner), ['yu'])
  assert.equal(client.others()[0].count, 1)
})

test('it has ended and the same person signs in again: the record goes, once', async () => {
  await without(1)
  phone.ended = new Set(['Bearer T1'])
  await client.sendAll(true)
  assert.equal(client.queue.unsent().count, 0)
  assert.equal(phone.writes('/records').length, 1)
  ownersOnly('yu')
})

test('the client starts with drafts of 余 in the hands of 石', async () => {
  await without(5)
  phone.holder = 'shi'
  await restart()
  const sending = client.sendAll(true)
  await client.enter()
  await sending
  await client.sendAll(true)
  ownersOnly('yu')
  assert.equal(phone.home, 1, 'another person begins at home')
})

test('an act on a page is not repeated in the session of another, and an answer that comes late is for nobody', async () => {
  phone.ended = new Set(['Bearer T1'])
  phone.holder = 'shi'
  const got = await client.act('/events/E1/withdraw', { reason: '记错了' })
  assert.equal(got.kind, 'silent')
  assert.deepEqual(phone.writes('/events/E1/withdraw').map((c) => c.owner), ['yu'])

  phone.ended = undefined
  phone.holder = 'yu'
  once('/me', client.enter)
  await client.refresh()
  assert.deepEqual([client.personId(), client.line.person], ['yu', 'yu'])
})

test('signing out says what the phone still holds, and its name stays the same', async () => {
  await without(2)
  await client.leave()
  const [out] = phone.writes('/logout')
  assert.deepEqual([out.owner, out.unsent], ['yu', '2'])
  await restart()
  await client.refresh()
  const names = new Set(phone.calls.map((c) => c.phone))
  assert.equal(names.size, 1)
  assert.match([...names][0], /^[A-Z0-9]{26}$/)
})

test('the list shows whose card it was, once the answer or the refusal says it', async () => {
  const answers = {
    '/visits': { status: 200, data: { ok: true, household: { id: 'h1', number: 'HQ-0001', head: '王桂兰' } } },
    '/warnings': { status: 200, data: { id: 'W1', household: { id: 'h2', number: 'HQ-0002', head: '李大' } } },
    '/records': { status: 422, data: { code: 'kin', message: '这是您亲属家。', household: { id: 'h3', number: 'HQ-0003', head: '赵四' } } },
  }
  const call = phone.call
  phone.call = async (method, path, ...rest) => (method === 'POST' && answers[path]) || call.call(phone, method, path, ...rest)
  for (const path of Object.keys(answers)) await client.hand({ ...one(), path, body: {}, pictures: [], about: '刚扫的卡' })
  await client.sendAll(true)
  const shown = client.own().map((d) => [d.path, d.state, client.whose(d)])
  assert.deepEqual(shown.sort(), [['/records', 'attention', '赵四家'], ['/visits', 'received', '王桂兰家'], ['/warnings', 'received', '李大家']])
})
