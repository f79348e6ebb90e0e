// The scene that the demo is for, played in Chromium on the program itself: a
// team member scans a card and records with a photo, the villager's chat shows
// it at once, and nothing vanishes or doubles without a signal, over killed
// processes and for cards that died meanwhile. What is true is asked of the
// API, the chat and `xiangfeng verify`, not of the page.
//
//   XIANGFENG=path of the program (made by `go build` where it is left out)
//   CHROMIUM=path of the browser     SHOTS=folder for screenshots
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, test as step } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.SHOTS
const folder = mkdtempSync(join(tmpdir(), 'xf-scene-'))
const data = join(folder, 'data')
const profile = join(folder, 'browser')

// A scene does not go on after something went wrong.
let wrong = false
const test = (name, play) =>
  step(name, async (t) => {
    if (wrong) return t.skip()
    wrong = true
    try {
      await play()
      wrong = false
    } finally {
      for (const [n, page] of wrong ? context.pages().entries() : []) await shot('wrong-' + n, page).catch(() => {})
    }
  })

let program, server, site
let demo // the demo page
let context

before(async () => {
  if (shots) mkdirSync(shots, { recursive: true })
  program = process.env.XIANGFENG ? resolve(process.env.XIANGFENG) : build()
  await raise()
  await openBrowser('/demo/')
})

after(async () => {
  await context?.close()
  server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

function build() {
  const path = join(folder, 'xiangfeng')
  execFileSync('go', ['build', '-o', path, './cmd/xiangfeng'], { cwd: root, stdio: 'inherit', env: { ...process.env, CGO_ENABLED: '0' } })
  return path
}

// raise starts the demo on a free port and waits for its address.
async function raise() {
  server = spawn(program, ['demo', '--addr', '127.0.0.1:0', '--data-dir', data], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const part of server.stdout) {
    said += part
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
    if (found) {
      site = found[0]
      return
    }
  }
  throw new Error('the demo did not start: ' + said)
}

async function openBrowser(path) {
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    viewport: { width: 1512, height: 860 },
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  })
  context.setDefaultTimeout(20_000)
  demo = context.pages()[0] ?? (await context.newPage())
  await demo.goto(site + path)
  await demo.locator('#opening').waitFor({ state: 'hidden' })
}

// kill ends the browser as an empty battery does.
async function kill() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${profile}\0`)) process.kill(Number(pid), 'SIGKILL')
    } catch (gone) {
      if (!['ENOENT', 'ESRCH', 'EACCES'].includes(gone.code)) throw gone
    }
  }
  await context.close().catch(() => {})
}

// ---- what a hand does

let taps = 0
const phone = () => demo.frameLocator('#mini')
const shown = (selector) => phone().locator(selector + ' >> visible=true').last()

async function tap(selector) {
  await shown(selector).click()
  taps++
}

const sees = (text) => phone().getByText(text).locator('visible=true').last().waitFor()

async function shot(name, page = demo) {
  if (shots) await page.screenshot({ path: join(shots, name + '.png'), animations: 'disabled' })
}

// hold puts a card before the camera, and shoot a new picture.
const hold = (card) => demo.selectOption('#before', card.number)
const shoot = (what) => demo.click(`[data-photo=${what}]`)

async function becomes(name) {
  await demo.selectOption('#holder', { label: name })
  await phone().locator('#agree >> visible=true').or(phone().getByText(name, { exact: true }).locator('visible=true')).first().waitFor()
  if (await phone().locator('#agree >> visible=true').count()) await tap('#agree')
  await sees(name)
}

// recordOne records an item with a photo for the card before the camera.
async function recordOne(from, item) {
  await tap(from)
  await tap('#item-' + item)
  await tap('#photo')
  await tap('#send')
}

// ---- what is true

async function post(path, body) {
  return fetch(site + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
}

const openids = () => demo.$$eval('#holder option', (all) => Object.fromEntries(all.map((o) => [o.textContent.trim(), o.value])))

// chat asks a villager's chat and gives the account's newest answer.
async function chat(name, words) {
  const openid = (await openids())[name]
  assert.equal((await post('/demo/say', { openid, text: words })).status, 204)
  const stop = new AbortController()
  const answer = await fetch(`${site}/demo/events?openid=${openid}`, { signal: stop.signal })
  let read = ''
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    read += part
    const news = /data: (.*)\n\n/.exec(read)
    if (!news) continue
    stop.abort()
    return JSON.parse(news[1]).lines.at(-1).text
  }
}

// signIn is a second phone of somebody, to ask the API.
const tokens = new Map()
async function signIn(name) {
  if (!tokens.has(name)) {
    const { code } = await (await post('/demo/login', { openid: (await openids())[name] })).json()
    tokens.set(name, (await (await post('/api/v1/login', { code })).json()).token)
  }
  return tokens.get(name)
}

async function ask(name, path, body) {
  const headers = { Authorization: 'Bearer ' + (await signIn(name)) }
  if (body) Object.assign(headers, { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() })
  const answer = await fetch(site + '/api/v1' + path, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body) })
  return { status: answer.status, ...(await answer.json()) }
}

// arrived counts what came in of the item since the scene began.
async function arrived() {
  const counts = await recorded(item.code)
  for (const [home, n] of Object.entries(earlier)) if ((counts[home] -= n) === 0) delete counts[home]
  return counts
}

// recorded counts the events of an item by household number, as its recorder sees them.
async function recorded(item, by = member) {
  const counts = {}
  for (let page = 1, more = true; more; page++) {
    const answer = await ask(by, `/records?village=${village}&page=${page}`)
    for (const r of answer.records.filter((one) => one.item.code === item)) {
      for (const e of r.events) counts[e.household.number] = (counts[e.household.number] ?? 0) + 1
    }
    more = answer.more
  }
  return counts
}

// until waits for what comes a moment after the page shows its cause.
async function until(holds) {
  for (let tries = 0; ; tries++) {
    try {
      return await holds()
    } catch (not) {
      if (tries === 30) throw not
      await demo.waitForTimeout(100)
    }
  }
}

// ---- the scene

let member, leader, village
let item, together // what is recorded for one household, and for forty: one with a sign-in list, one with a photo
const seen = 'HJ01' // what being at the door is evidence enough of
let earlier = {} // what the member had recorded of the first before
let cards, doors // five doors without a signal
const own = []

test('sign in as a team member', async () => {
  member = await demo.$eval('#holder option', (o) => o.textContent.trim())
  leader = await demo.$$eval('#holder option', (all) => all.find((o) => o.dataset.note.startsWith('组长')).textContent.trim())
  await becomes(member)
  const me = await ask(member, '/me')
  village = me.villages[0].id
  assert.deepEqual(me.villages[0].roles, ['team_member'])
  const { items } = await ask(member, `/villages/${village}/catalogue`)
  item = items.find((i) => i.code === 'HJ06')
  together = items.find((i) => i.code === 'HJ11')
  earlier = { ...(await recorded(item.code)) }
  cards = (await (await fetch(site + '/demo/cards')).json()).cards
  const note = await demo.$eval('#holder option', (o) => o.dataset.note)
  own.push(...cards.filter((c) => c.head === member || note.includes(c.head + '家')))
  assert.ok(own.length >= 2, 'the member has a household and kin')
  await shot('01-signed-in')
})

test('the demo page, with the client in its frame, has no finding of axe', async () => {
  for (const width of [1512, 640, 360]) {
    await demo.setViewportSize({ width, height: 860 })
    for (const which of width > 1000 ? ['mini'] : ['chat', 'mini']) {
      if (width < 1000) await demo.check(`[name=phone][value=${which}]`, { force: true })
      for (const frame of demo.frames()) await frame.evaluate(axe)
      const found = await demo.evaluate(async () => {
        const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
      })
      assert.deepEqual(found, [], `${which} at ${width}`)
    }
  }
  await demo.setViewportSize({ width: 1512, height: 860 })
})

test('a card, three taps after the scan, and the villager sees it at once', async () => {
  const card = cards.find((c) => c.head === '冉家富')
  await demo.click('.person:has-text("冉家富")')
  await hold(card)
  await shoot('list')
  await tap('#scan')
  taps = 0
  await tap('#item-' + item.code)
  await shot('02-item')
  await tap('#photo')
  await sees('发送')
  await shot('03-photo')
  await tap('#send')
  assert.equal(taps, 3)
  await sees('已收到')
  const answer = await chat('冉家富', '明细')
  assert.match(answer, new RegExp(`待确认.*${item.title}.*${member}`), answer)
  assert.deepEqual(await arrived(), { [card.home]: 1 })
  await shot('04-villager-sees')
})

test('without a signal five more are kept on the phone', async () => {
  const taken = new Set(own.map((c) => c.home).concat('HQ-0002'))
  doors = ['向桂香', '牟大才', '幸红梅'].map((head) => cards.find((c) => c.head === head))
  doors.push(...cards.filter((c) => !c.revoked && !taken.has(c.home) && !doors.includes(c)).slice(10, 12))
  await demo.check('#offline')
  for (const card of doors) {
    await hold(card)
    await shoot('list')
    await recordOne('#next', item.code)
    await sees('已存在手机里')
  }
  await tap('#home')
  await sees('还有 5 条没发出')
  await shot('05-five-unsent')
  assert.equal(Object.keys(await arrived()).length, 1)
})

test('one of the cards is revoked meanwhile', async () => {
  await hold(doors[2])
  await demo.click('#revoke')
  await demo.locator('#held-dead').waitFor()
  cards = (await (await fetch(site + '/demo/cards')).json()).cards
  assert.ok(cards.find((c) => c.number === doors[2].number).revoked)
})

// cut switches the signal on, lets requests pass up to one to /records, which
// goes as far as told, and kills the browser there.
async function cut(name, reach) {
  const address = new URL(demo.url())
  let reached
  const there = new Promise((done) => (reached = done))
  await context.route('**/api/v1/records', async (route) => {
    await reach(route)
    reached()
  })
  await demo.uncheck('#offline')
  await there
  await shot(name)
  await kill()
  address.searchParams.set('offline', 'yes')
  await openBrowser(address.pathname + address.search)
  await sees('还有')
}

test('the browser is killed between a photo and its record', async () => {
  await cut('06-killed-after-photo', async () => {})
  await sees('还有 5 条没发出')
  await shot('07-started-again')
  assert.equal(Object.keys(await arrived()).length, 1, 'no record without its photo')
})

test('the browser is killed between a record and its answer', async () => {
  await cut('08-killed-after-record', async (route) => void (await route.fetch()))
  await sees('还有 5 条没发出')
  assert.equal(Object.keys(await arrived()).length, 2, 'the record is there, its phone does not know')
})

test('with a signal each arrives once, and one needs a hand', async () => {
  await demo.uncheck('#offline')
  await sees('还有 1 条没发出')
  const counts = await arrived()
  for (const card of doors) assert.equal(counts[card.home], card === doors[2] ? undefined : 1, card.head)
  assert.equal(Object.keys(counts).length, 5)
  assert.equal((await chat('向桂香', '明细')).split(item.title).length - 1, 1)
  await tap('#drafts')
  await sees('要处理')
  await shot('09-one-needs-a-hand')
  const refused = phone().locator('.draft.attention >> visible=true')
  assert.equal(await refused.count(), 1)
  assert.match(await refused.innerText(), /作废/)
  assert.equal(await refused.locator('.primary').count(), 1, 'one cure')
  assert.equal(await phone().locator('.draft.received >> visible=true').count(), 5)
})

test('the leader is told what the phone still holds', async () => {
  const unsent = async () => (await ask(leader, `/villages/${village}/phones`)).phones.filter((p) => p.unsent > 0).map((p) => [p.name, p.unsent])
  await until(async () => assert.deepEqual(await unsent(), [[member, 1]]))
})

test('nobody records for their own household or kin', async () => {
  await demo.click('#kill')
  await shown('#scan').waitFor()
  for (const [n, card] of own.entries()) {
    await hold(card)
    await tap(n === 0 ? '#scan' : '#rescan')
    await shown('#barrier').waitFor()
    assert.match(await shown('#barrier').innerText(), /亲戚|自己/)
    await shot(`10-kin-${n}`)
    const refused = await ask(member, '/records', {
      village, targets: [{ card: card.code.split('/').at(-1) }], item: seen, on: '2026-11-24', at: '2026-11-24T10:00:00+08:00',
      place: '', note: '', evidence: [], at_door: true,
    })
    assert.deepEqual([refused.status, refused.code], [422, 'kin'], refused.message)
  }
  await tap('#home')
})

test('a visit with nothing to record, and a warning with days to mend', async () => {
  const { left } = await ask(member, `/villages/${village}/visits?month=2026-11`)
  const home = left.find((h) => !own.some((c) => c.home === h.number)).number
  await hold(cards.find((c) => c.home === home))
  await tap('#scan')
  await tap('#visit')
  await phone().locator('.uni-modal__btn_primary >> visible=true').click()
  await sees('已收到')
  const after = await ask(member, `/villages/${village}/visits?month=2026-11`)
  assert.ok(!after.left.some((h) => h.number === home))

  await hold(cards.find((c) => c.head === '冉家富'))
  await shoot('heap')
  await tap('#next')
  await shown('#search >> input').fill('乱倒垃圾')
  await tap('#item-HJ14')
  await tap('#photo')
  await tap('#send')
  await sees('已收到')
  const { warnings } = await ask(member, `/villages/${village}/warnings`)
  assert.deepEqual(warnings.filter((w) => w.item.code === 'HJ14').map((w) => [w.household.head, w.due_on, w.state]), [['冉家富', '2026-12-01', 'open']])
  assert.doesNotMatch(await chat('冉家富', '明细'), /乱倒垃圾.*-3/, 'nothing is taken off yet')
  await tap('#home')
})

test('of forty together those of kin are set aside', async () => {
  await shoot('yard')
  await tap('#batch')
  const homes = own.map((c) => c.home)
  for (const c of cards) if (homes.length < 40 && c.village === own[0].village && !c.revoked && !homes.includes(c.home)) homes.push(c.home)
  assert.equal(homes.length, 40)
  for (const home of homes) await tap('#tick-' + home)
  await sees('已选 40 户')
  await shot('11-forty')
  await tap('#go')
  if (!(await shown('#item-' + together.code).isVisible())) await shown('#search >> input').fill(together.title)
  await tap('#item-' + together.code)
  await tap('#photo')
  await tap('#send')
  await sees(`另放 ${own.length} 户`)
  await shot('12-set-aside')
  const counts = await recorded(together.code)
  assert.equal(Object.keys(counts).length, 40 - own.length)
  for (const home of homes) assert.equal(counts[home], own.some((c) => c.home === home) ? undefined : 1, home)
  const { asides } = await ask(leader, `/villages/${village}/asides`)
  assert.deepEqual(asides.map((a) => [a.household.number, a.code]).sort(), own.map((c) => [c.home, 'kin']).sort())
})

test('the laptop is let in by the phone and prints the cards', async () => {
  await becomes(leader)
  const laptop = await context.newPage()
  await laptop.goto(site + '/console/')
  await laptop.locator('.code img').waitFor()
  await shot('13-laptop-door', laptop)
  await demo.bringToFront()
  await demo.selectOption('#before', 'screen')
  await demo.getByText('镜头对准了').waitFor()
  await tap('#scan')
  await shown('#confirm').waitFor()
  await shot('14-confirm')
  await tap('#confirm')
  await sees('电脑上已经登录')
  await laptop.bringToFront()
  await laptop.click('.tabs >> text=积分信息卡')
  await laptop.locator('article.card').first().waitFor()
  await laptop.waitForLoadState() // the sheet is drawn as it arrives
  const printed = await laptop.$$eval('article.card', (all) => all.map((c) => [c.id, !!c.querySelector('img')]))
  const alive = cards.filter((c) => c.village === own[0].village && !c.revoked)
  assert.deepEqual(printed.filter(([, code]) => code).map(([id]) => id).sort(), alive.map((c) => c.number).sort())
  await shot('15-cards', laptop)
  await laptop.emulateMedia({ media: 'print' })
  await shot('16-on-paper', laptop)
  assert.equal(await laptop.locator('.acts:visible').count(), 0, 'only the cards are printed')
  if (shots) await laptop.pdf({ path: join(shots, '16-sheet.pdf'), preferCSSPageSize: true })
  await laptop.emulateMedia({ media: 'screen' })
  await laptop.click(`[id="${doors[2].number}"] [data-open=reissue]`)
  await laptop.click('#reissue button:not([type])')
  await laptop.locator('.done').waitFor()
  await laptop.close()
})

test('the new card cures what needed a hand', async () => {
  await demo.bringToFront()
  await demo.reload()
  await becomes(member)
  cards = (await (await fetch(site + '/demo/cards')).json()).cards
  await hold(cards.find((c) => c.home === doors[2].home && !c.revoked))
  await tap('#drafts')
  await tap('.draft.attention .primary')
  await sees('都发出去了')
  await shot('17-cured')
  assert.equal((await arrived())[doors[2].home], 1)
  assert.match(await chat(doors[2].head, '明细'), new RegExp('待确认.*' + item.title))
})

test('who takes the phone while a photo is on its way sends nothing of its owner', async () => {
  await demo.click('#kill')
  await shown('#scan').waitFor()
  const [before, others] = [await arrived(), await recorded(item.code, leader)]
  const card = cards.findLast((c) => c.village === own[0].village && !c.revoked && !own.includes(c) && !before[c.home])
  await demo.check('#offline')
  await hold(card)
  await shoot('list')
  await recordOne('#scan', item.code)
  await sees('已存在手机里')
  let changed = false
  await context.route('**/api/v1/photos', async (route) => {
    if (!changed) await becomes(leader)
    changed = true
    await route.continue()
  })
  await demo.uncheck('#offline')
  await until(() => assert.ok(changed))
  await tap('#drafts')
  await sees(`${member}的 1 条记录，等他登录再发`)
  await shot('18-another-holds-it')
  assert.deepEqual(await recorded(item.code, leader), others)
  assert.deepEqual(await arrived(), before)
  await becomes(member)
  await until(async () => assert.deepEqual(await arrived(), { ...before, [card.home]: 1 }))
  await context.unroute('**/api/v1/photos')
})

test('when the clock is moved who holds the phone is signed in anew', async () => {
  const now = await demo.innerText('#now')
  const signed = demo.waitForRequest((r) => r.method() === 'POST' && new URL(r.url()).pathname === '/api/v1/login')
  await demo.click('[data-move=hour]')
  assert.equal((await (await signed).response()).status(), 200)
  await until(async () => assert.notEqual(await demo.innerText('#now'), now))
  await sees(member)
})

test('the books add up', () => {
  const config = join(folder, 'config.yaml')
  writeFileSync(config, `database: "sqlite:${join(data, 'xiangfeng.db')}"\n`)
  const said = execFileSync(program, ['verify', '--config', config], { encoding: 'utf8' })
  assert.match(said, /对得上|没有|一致|正确/, said)
})
