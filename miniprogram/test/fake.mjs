// A small server that speaks the API's JSON, for driving the client without
// the real one. It remembers keys as the real one does.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quarters } from './fake-quarter.mjs'

const dist = fileURLToPath(new URL('../../handlers/phone/dist', import.meta.url))
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png', '.json': 'application/json' }
const policy =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; " +
  "connect-src 'self' data: blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"

const heads = ['王桂兰', '张建国', '赵德福', '刘玉梅', '陈大山', '李秀英', '周满仓', '孙秀珍', '吴老四', '欧阳建设', '郑小红', '何青山']
const households = heads.map((head, i) => ({ id: `hh${i + 1}`, number: `HQ-00${31 + i}`, head, visited: i > 8 }))
const team = { id: 'v1', name: '红旗村', township: '高阳镇', roles: ['team_member', 'leader'], deeds: ['see_team', 'record', 'confirm', 'see_phones', 'sign', 'publish', 'decide_dispute', 'see_alarms'] }
const office = ['v1', 'v2'].map((id, i) => ({ id, name: ['红旗村', '高坪村'][i], township: '高阳镇', roles: ['officer'], deeds: ['see_team', 'confirm', 'consent', 'decide_dispute', 'see_alarms', 'see_township'] }))

const consented = new Set()

function me(who) {
  const villager = who === 'villager'
  const stranger = who === 'stranger'
  const officer = who === 'officer'
  return {
    id: 'p-' + who,
    name: villager ? '王桂兰' : stranger ? '' : officer ? '周立新' : '李秀英',
    bound: !stranger,
    helped: villager ? [{ ...households[2], village: '红旗村', village_id: 'v1' }] : [],
    townships: officer ? [{ id: 't1', name: '高阳镇' }] : [],
    households: stranger || officer ? [] : [{ ...households[villager ? 0 : 5], village: '红旗村', village_id: 'v1', current: true }],
    villages: villager || stranger ? [] : officer ? office : [team],
    scale: 1,
    consent: { version: '2026-11', given: !stranger || consented.has(who) },
    needs: stranger ? ['phone', 'consent'] : [],
  }
}

const item = (code, category, title, tenths, evidence, more = {}) => ({
  code, category, title, tenths, points: (tenths > 0 ? '+' : '−') + Math.abs(tenths) / 10, unit: 'time', caps: {}, evidence, evidence_words: '', warn_first: false, often: false, ...more,
})
const items = [
  item('HJ10', '人居环境', '院落亮化', 50, [['photo']], { often: true }),
  item('HJ01', '人居环境', '房前屋后干净、无乱堆乱放', 50, [['visit']], { often: true }),
  item('HJ06', '人居环境', '参加清洁日（五清理一活动）', 30, [['sign_in']], { often: true }),
  item('HJ09', '人居环境', '院落绿化、植树', 30, [['before_after']]),
  item('HJ14', '人居环境', '乱倒垃圾', -30, [['photo']], { warn_first: true, often: true }),
  item('CY09', '产业发展', '助农短视频、直播推介', 50, [['link'], ['minutes']]),
  item('ZJ11', '遵纪守法', '野外违规用火', -100, [['photo', 'decision']]),
  item('CF01', '村风民俗', '参加村民会议、院坝会', 20, [['sign_in']], { often: true }),
  item('SX06', '善行公益', '邻里互助、关爱老人', 20, [['helped_confirms']]),
  item('BZ06', '表彰奖励', '村级荣誉', 50, [['minutes']]),
]

const line = (number, on, title, points, state, state_words, more = {}) => ({ number, on, title, points, state, state_words, ...more })
const lines = [
  line(0, '2026-11-24', '院落亮化', '+5', 'pending', '待确认', { recorder: '李秀英' }),
  line(7, '2026-11-03', '参加清洁日（五清理一活动）', '+3', 'confirmed', '已确认', { disputable: true, recorder: '李秀英', confirmer: '刘书记' }),
  line(6, '2026-10-12', '乱倒垃圾', '−3', 'confirmed', '已确认', { disputable: true, note: '提醒后没有整改', recorder: '张建国', confirmer: '刘书记' }),
]
const svg = (color) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="${color}"/><circle cx="2" cy="1.5" r="1" fill="#fff8"/></svg>`)}`
const other = { url: svg('#8a6d3b'), thumb: svg('#8a6d3b'), hash: 'b'.repeat(64) }
const shot = { url: svg('#5d8f5a'), thumb: svg('#5d8f5a'), hash: 'a'.repeat(64) }
const warning = {
  id: 'w1', household: households[0], item: { code: 'HJ14', title: '乱倒垃圾', points: '−3' }, note: '门口沟边有一堆', warned_on: '2026-11-20', due_on: '2026-11-27',
  state: 'open', state_words: '待整改', photos: [shot], mend: null, may_close: true, may_deduct: false, deduct_from: '2026-11-28',
}

const reads = {
  '/villages/v1/catalogue': () => ({ year: 2026, items }),
  '/villages/v1/households': () => ({ households }),
  '/villages/v1/team': () => ({ people: [{ id: 'p2', name: '张建国', role: 'team_member' }] }),
  '/villages/v1/visits': () => ({ done: 18, total: 45, left: households.filter((h) => !h.visited) }),
  '/villages/v1/asides': () => ({
    asides: [{ id: 'a1', household: households[3], item: { code: 'HJ06', title: '参加清洁日', points: '+3' }, on: '2026-11-22', message: '他和这家是亲戚，要由同事来记。', recorder: '张建国', may_take: true },
      { id: 'a2', card: 'XF-AB23CD45', item: { code: 'HJ06', title: '参加清洁日', points: '+3' }, on: '2026-11-22', message: '没有找到这一户。', recorder: '张建国', may_take: false }],
  }),
  '/villages/v1/declarations': () => ({ declarations: [{ id: 'd1', household: households[2], words: '帮邻居李大爷收了一天玉米', on: '2026-11-23', state: 'open', state_words: '等小组看', photos: [shot] }] }),
  '/villages/v1/warnings': () => ({ warnings: [warning, { ...warning, id: 'w2', household: households[4], state: 'mended', state_words: '已整改，待查看', mend: { words: '清走了', photos: [shot] } },
    { ...warning, id: 'w3', household: households[6], due_on: '2026-11-20', may_deduct: true }] }),
  '/villages/v1/photos': () => ({ photos: [
    { ...shot, by: '张建国', at: '2026-11-24T10:20:00+08:00', for: '院落亮化', may_judge: true },
    { url: svg('#8a6d3b'), thumb: svg('#8a6d3b'), hash: 'b'.repeat(64), by: '李秀英', at: '2026-11-24T10:40:00+08:00', for: '', may_judge: false },
  ] }),
  '/villages/v1/phones': () => ({ phones: [{ name: '张建国', unsent: 3, since: '2026-11-23T15:04:00+08:00', seen_at: '2026-11-24T09:10:00+08:00' }] }),
  '/records': () => ({
    records: [
      { id: 'r1', at: '2026-11-25T10:20:00+08:00', made_at: '2026-11-24T09:47:00+08:00', on: '2026-11-24', item: { code: 'HJ10', title: '院落亮化' }, note: '装了两盏灯', photos: [shot], set_aside: [], events: [{ event: 'e1', household: households[0], points: '+5', state: 'pending', state_words: '待确认', may_withdraw: true, may_correct: true }] },
      { id: 'r2', at: '2026-11-22T16:00:00+08:00', on: '2026-11-22', item: { code: 'HJ06', title: '参加清洁日' }, photos: [], set_aside: [{ household: households[5], code: 'kin', message: '不能给自己家记。', colleague: true }], events: households.slice(0, 2).map((household, i) => ({ event: 'e2' + i, household, points: '+3', state: 'confirmed', state_words: '已确认', may_withdraw: true, may_correct: false })) },
      { id: 'r3', at: '2026-11-20T16:00:00+08:00', on: '2026-11-20', item: { code: 'HJ09', title: '院落绿化、植树' }, photos: [shot], set_aside: [], events: [{ event: 'e30', household: households[1], points: '+3', state: 'returned', state_words: '退回', reason: '照片看不清，请补一张。', may_withdraw: true, may_correct: true }] },
    ],
    more: true,
  }),
  '/records/r1': () => ({ reused: [{ words: '这张照片 11月3日的记录里也用过。' }] }),
  '/waiting': () => ({ items: [{ kind: 'asides', count: 1, words: '', village: 'v1' }, { kind: 'declarations', count: 1, words: '', village: 'v1' }, { kind: 'warnings', count: 2, words: '', village: 'v1' }, { kind: 'photos', count: 1, words: '', village: 'v1' }, { kind: 'disputes', count: 2, words: '', village: 'v1' }] }),
  '/households/*/points': () => ({ year: 2026, score: '146', pending: '+5', place: 3, of: 53, as_of: '第三季度公示榜', redeemable: '36', redeemable_words: '1 月 1 日到 31 日来换', newest: lines.slice(0, 2) }),
  '/households/*/lines': () => ({ year: 2026, lines, more: true, next: '6' }),
  '/households/*/rank': () => ({
    place: 3, of: 53, score: '146', as_of: '第三季度公示榜', why: '各村项目不一样，不比名次。',
    around: [{ place: 2, name: '张*国', score: '151', own: false }, { place: 3, name: '王桂兰', score: '146', own: true }, { place: 4, name: '刘*梅', score: '140', own: false }],
    top: [{ place: 1, name: '赵*福', score: '168', own: false }, { place: 2, name: '张*国', score: '151', own: false }, { place: 3, name: '王桂兰', score: '146', own: true }, { place: 4, name: '刘*梅', score: '140', own: false }],
  }),
  '/households/*/declarations': () => ({ declarations: [{ id: 'd9', household: households[0], words: '扫了村口的雪', on: '2026-11-10', state: 'declined', state_words: '没有采纳', reason: '当天没有下雪', photos: [] }] }),
  '/households/*/warnings': () => ({ warnings: [warning] }),
  '/console/*': () => ({ browser: 'Edge，Windows 电脑', place: '高阳镇', asked_at: '2026-11-24T10:20:00+08:00' }),
}

const cards = {
  KINCARDKINCARD: { household: households[5], may_record: false, message: '这是您自己家。不能给自己家记分，请同事来记。', relation: 'own', warnings: [] },
  OLDCARDOLDCARD: { refused: [422, 'card_revoked', '这张卡已作废，他家换了新卡。请扫新卡。', { household: households[3] }] },
}
export const goodCard = (n) => `CARD${n}CARD${n}CARD`

const problem = ([, code, message, more]) => ({ code, message, ...more })

function card(token) {
  if (cards[token]) return cards[token]
  const known = /^CARD(\d+)CARD/.exec(token)
  if (!known) return { refused: [404, 'not_found', '没有这张卡。'] }
  const household = { ...households[Number(known[1]) - 1], village: '红旗村', village_id: 'v1' }
  return { household, may_record: true, visited: false, warnings: [], relation: '' }
}

// stage stands for the demo page: the client in a frame, and messages to it.
const stage = `<!doctype html><html lang="zh-CN"><title>stage</title><style>html,body,iframe{margin:0;width:100%;height:100%;border:0;display:block}</style>
<iframe name="phone" title="phone"></iframe><script>
const tell = (m) => document.querySelector('iframe').contentWindow.postMessage(m, location.origin)
window.said = {}
window.tell = (m) => { said[m.xf] = m; tell(m) }
window.addEventListener('message', (e) => { if (e.data.xf === 'ready') { window.readies = (window.readies || 0) + 1; Object.values(said).forEach(tell) } })
</script></html>`

// start listens on a free port. calls are what came in; refuse may answer in
// the place of the server.
export async function start() {
  const world = { calls: [], keys: new Map(), records: [], refuse: undefined, photos: new Set(), revoked: new Set(), season: quarters({ households, shot, other }) }

  const routes = (method, path, body, key, who) => {
    if (path === '/login') return { token: 'T-' + body.code, expires_at: '', me: me(body.code) }
    if (path === '/me/consent') {
      consented.add(who)
      return me(who)
    }
    if (path === '/link/card') return { me: me('villager'), asked: false }
    if (path === '/records' && method === 'POST') {
      const old = body.targets.find((t) => world.revoked.has(t.card))
      if (old) return { refused: [422, 'card_revoked', '这张卡已作废，他家换了新卡。请扫新卡。', { household: card(old.card).household }] }
      const missing = body.evidence.find((e) => e.photo && !world.photos.has(e.photo))
      if (missing) return { refused: [422, 'evidence_missing', '缺照片。'] }
      world.records.push(body)
      const named = body.targets.map((t) => (t.card ? card(t.card).household : households.find((h) => h.id === t.household)))
      const aside = named.filter((h) => h.id === 'hh6').map((household) => ({ id: 'a9', household, code: 'kin', message: '不能给自己家记。', colleague: true }))
      const full = named.length > 1 ? named.filter((h) => h.id === 'hh7') : []
      aside.push(...full.map((household) => ({ id: 'a8', household, code: 'cap_reached', message: '当月的分已经记满，不能再记。', colleague: false })))
      return { id: 'R' + key, recorded: named.filter((h) => !aside.some((one) => one.household === h)).map((household, i) => ({ event: 'E' + i, household, points: '+5', tenths: 50, state: 'pending' })), set_aside: aside }
    }
    return world.season.write(path, body) ?? { id: 'X' + key }
  }

  const answer = (req, path, query, raw) => {
    const who = /^Bearer T-(.+)$/.exec(req.headers.authorization ?? '')?.[1]
    if (path !== '/login' && path !== '/logout' && !who) return [401, { code: 'signed_out', message: '请重新登录。' }]
    if (req.method === 'GET') {
      if (path === '/me') return [200, me(who)]
      const asked = /^\/cards\/(.+)$/.exec(path)
      if (asked) {
        const found = card(decodeURIComponent(asked[1]))
        return found.refused ? [found.refused[0], problem(found.refused)] : [200, found]
      }
      const read = reads[path] ?? reads[path.replace(/^\/(households|console)\/[^/]+/, '/$1/*')]
      const season = world.season.read(path, query, who)
      if (season) return [200, season]
      return read ? [200, read(query)] : [404, { code: 'not_found', message: '没有找到。' }]
    }
    const key = req.headers['idempotency-key']
    if (!key && path !== '/login' && path !== '/logout') return [400, { code: 'key_missing', message: '' }]
    const meant = req.headers['x-person']
    if (path !== '/login' && path !== '/logout' && meant !== 'p-' + who) return [409, { code: 'other_person', message: meant ?? '' }]
    if (path === '/photos') {
      const hash = createHash('sha256').update(raw).digest('hex')
      world.photos.add(hash)
      return [200, { hash, url: shot.url, thumb: shot.thumb, seen_before: false }]
    }
    const first = world.keys.get(key)
    if (first) return first.raw === String(raw) ? first.answer : [409, { code: 'conflict', message: '' }]
    const made = routes(req.method, path, JSON.parse(String(raw) || '{}'), key, who)
    const result = made.refused ? [made.refused[0], problem(made.refused)] : [200, made]
    if (key) world.keys.set(key, { raw: String(raw), answer: result })
    return result
  }

  const server = createServer((req, res) => {
    const url = new URL(req.url, 'http://local')
    if (!url.pathname.startsWith('/api/v1')) return serveFile(url.pathname, res)
    const chunks = []
    req.on('data', (c) => chunks.push(c))
    req.on('end', () => {
      const path = url.pathname.slice('/api/v1'.length)
      const raw = Buffer.concat(chunks)
      world.calls.push({ method: req.method, path, headers: req.headers, body: req.headers['content-type']?.includes('json') ? String(raw) : '', size: raw.length, form: req.headers['content-type']?.startsWith('multipart') ? raw.toString('latin1') : '' })
      const [status, data] = world.refuse?.(req.method, path) ?? answer(req, path, url.searchParams, raw)
      if (status === 0) return res.destroy()
      res.writeHead(status, { 'Content-Type': 'application/json' })
      res.end(JSON.stringify(data))
    })
  })

  function serveFile(path, res) {
    if (path === '/stage') {
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      return res.end(stage)
    }
    const name = path === '/m/' ? 'index.html' : path.replace(/^\/m\//, '')
    const file = join(dist, name)
    if (!path.startsWith('/m/') || name.includes('..') || !existsSync(file)) {
      res.writeHead(404)
      return res.end()
    }
    res.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': policy })
    createReadStream(file).pipe(res)
  }

  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  world.address = `http://127.0.0.1:${server.address().port}`
  world.stop = () => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  }
  return world
}
