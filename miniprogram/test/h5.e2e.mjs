// The H5 build in Chromium: every page at both sizes without a finding of axe,
// and the scene that a team member plays.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { goodCard, start } from './fake.mjs'
import { phone } from './phone.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })

let server
before(async () => (server = await start()))
after(() => server.stop())

// killed ends a browser as a dead battery does.
function killed(dir) {
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${dir}\0`)) process.kill(Number(pid), 'SIGKILL')
    } catch (gone) {
      if (!['ENOENT', 'ESRCH'].includes(gone.code)) throw gone
    }
  }
}

async function shot(p, name) {
  if (shots) await p.page.screenshot({ path: `${shots}/${name}.png`, animations: 'disabled' })
}

// findings are axe's, and what the numbers of the elder-friendly rules forbid:
// a main target under 60 px, any under 44 px, letters under 18 px, a page that
// scrolls sideways.
async function findings(p) {
  const frame = p.frame()
  if (!(await frame.evaluate(() => 'axe' in window))) await p.page.evaluate(() => 0)
  await frame.evaluate(axe)
  return frame.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
    for (const one of document.querySelectorAll('uni-page-body uni-button')) {
      const { height, width } = one.getBoundingClientRect()
      if (!width) continue
      const least = one.classList.contains('primary') ? 60 : 44
      if (height < least - 0.5 || width < 43.5) found.push(`target ${one.textContent.trim()} ${width}x${height}`)
    }
    for (const one of document.querySelectorAll('uni-page-body uni-text, uni-page-body uni-button, uni-page-body input, uni-page-body textarea')) {
      if (one.textContent.trim() && parseFloat(getComputedStyle(one).fontSize) < 18) found.push(`letters ${one.textContent.trim()}`)
    }
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) found.push(`sideways ${root.scrollWidth}`)
    return found
  })
}

const pages = [
  ['member', 'home', 'pages/home/home', '本月走访'],
  ['member', 'me', 'pages/me/me', '字的大小'],
  ['member', 'record-items', 'pkg-team/record?card=' + goodCard(1), '常记的'],
  ['member', 'record-own', 'pkg-team/record?card=KINCARDKINCARD', '请同事来记'],
  ['member', 'record-revoked', 'pkg-team/record?card=OLDCARDOLDCARD', '已作废'],
  ['member', 'batch', 'pkg-team/batch', '王桂兰家'],
  ['member', 'visits', 'pkg-team/visits', '还没走访的'],
  ['member', 'drafts', 'pkg-team/drafts', '草稿箱是空的'],
  ['member', 'waiting', 'pkg-team/waiting', '我来记'],
  ['member', 'records', 'pkg-team/records', '院落亮化'],
  ['member', 'phones', 'pkg-team/phones', '3 条没发出'],
  ['member', 'door', 'pkg-shared/door?code=DOORDOORDOOR', '是我，让它登录'],
  ['villager', 'villager-home', 'pages/home/home', '申报好事'],
  ['villager', 'points', 'pkg-villager/points', '最近两笔'],
  ['villager', 'lines', 'pkg-villager/lines', '第 7 条'],
  ['villager', 'rank', 'pkg-villager/rank', '前十名'],
  ['villager', 'declare', 'pkg-villager/declare', '以前申报的'],
  ['villager', 'mend', 'pkg-villager/mend', '乱倒垃圾'],
  ['stranger', 'login', 'pages/login/login', '同意并进入'],
  ['stranger', 'link', 'pkg-shared/link', '用积分卡绑定'],
  ['stranger', 'privacy', 'pkg-shared/privacy', '谁能看到'],
]

for (const scale of [1, 1.6]) {
  test(`every page at ${scale} without a finding`, async () => {
    const p = await phone(server.address)
    try {
      let who = ''
      for (const [person, name, path, text] of pages) {
        if (who !== person) {
          who = person
          await login(p, person, person === 'stranger' ? '同意并进入' : '申报好事')
          await keepScale(p, scale)
        }
        await p.go(path)
        await p.see(text)
        await p.page.waitForTimeout(150)
        await shot(p, `${name}-${scale}`)
        assert.deepEqual(await findings(p), [], name)
      }
      assert.deepEqual(p.outside, [], 'nothing is loaded from elsewhere')
      assert.deepEqual(p.errors, [])
    } finally {
      await p.close()
    }
  })
}

async function login(p, who, text = '扫卡记积分') {
  await p.go('pkg-shared/privacy')
  await p.tell({ xf: 'login', code: who })
  await p.see(text)
}

async function keepScale(p, scale) {
  await p.go('pages/me/me')
  await p.tap(`[id="size-${scale}"]`)
  await p.frame().locator(`[id="size-${scale}"][aria-pressed=true] >> visible=true`).waitFor()
}

test('three taps after the scan: item, photo, send', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.tell({ xf: 'card', card: `${server.address}/h/${goodCard(1)}` })
    await p.shoot('#3a7')
    await p.go('pages/home/home')
    await p.tap('#scan')
    await p.tap('#item-HJ10')
    await p.tap('#photo')
    await p.see('发送')
    await shot(p, 'record-photo')
    assert.deepEqual(await findings(p), [])
    await p.tap('#send')
    await p.see('已收到')
    await shot(p, 'record-sent')
    assert.deepEqual(await findings(p), [])
    const record = server.records.at(-1)
    assert.equal(record.targets[0].card, goodCard(1))
    assert.equal(record.at_door, true)
    assert.ok(server.photos.has(record.evidence[0].photo))
    assert.deepEqual(p.errors, [])
  } finally {
    await p.close()
  }
})

test('without a signal five wait; a killed browser loses none and doubles none', async () => {
  const already = server.records.length
  let p = await phone(server.address)
  await login(p, 'member')
  await p.see('都发出去了')
  await p.tell({ xf: 'network', on: false })
  for (let n = 1; n <= 5; n++) {
    await p.tell({ xf: 'card', card: goodCard(n) })
    await p.shoot(`hsl(${n * 60} 60% 40%)`)
    await p.tap(n === 1 ? '#scan' : '#next')
    await p.tap('#item-HJ10')
    await p.tap('#photo')
    await p.tap('#send')
    await p.see('已存在手机里')
  }
  server.revoked.add(goodCard(3))
  await p.go('pkg-team/drafts')
  await p.see('还有')
  await shot(p, 'drafts-offline')
  assert.deepEqual(await findings(p), [])
  // The answer to the photo arrives, then the process dies.
  let photos = 0
  server.refuse = (method, path) => {
    if (path === '/records') return [0]
    if (path === '/photos') photos++
    return undefined
  }
  await p.tell({ xf: 'network', on: true })
  for (let i = 0; i < 100 && photos === 0; i++) await p.page.waitForTimeout(50)
  assert.ok(photos > 0)
  killed(p.dir)
  await p.context.close().catch(() => {})
  server.refuse = undefined

  p = await phone(server.address, p.dir)
  try {
    await p.go('pkg-team/drafts')
    await p.see('要处理')
    await p.see('重新扫他家的卡')
    for (let i = 0; i < 100 && server.records.length < already + 4; i++) await p.page.waitForTimeout(50)
    await shot(p, 'drafts-attention')
    assert.deepEqual(await findings(p), [])
    assert.equal(server.records.length, already + 4)
    const unsent = server.calls.at(-1).headers['x-unsent']
    assert.ok(Number(unsent) >= 1)
    await p.tell({ xf: 'card', card: goodCard(8) })
    await p.tap('[id^=cure-]')
    await p.see('都发出去了')
    assert.equal(server.records.length, already + 5)
    await shot(p, 'drafts-done')
  } finally {
    await p.close()
  }
})

test('a batch sets aside whom one may not score', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.shoot('#57c')
    await p.go('pkg-team/batch')
    await p.tap('#all')
    await shot(p, 'batch-ticked')
    await p.tap('#go')
    await p.tap('#item-HJ06')
    await p.tap('#photo')
    await p.tap('#send')
    await p.see('另放 1 户')
    await shot(p, 'batch-sent')
    assert.deepEqual(await findings(p), [])
    assert.equal(server.records.at(-1).targets.length, 12)
    assert.equal(server.records.at(-1).at_door, false)
  } finally {
    await p.close()
  }
})

test('what must be warned first becomes a warning', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.shoot('#a52')
    await p.go('pkg-team/record?card=' + goodCard(2))
    await p.tap('#item-HJ14')
    await p.see('要先提醒')
    await p.tap('#photo')
    await p.tap('#fold')
    await shot(p, 'record-warning')
    assert.deepEqual(await findings(p), [])
    await p.tap('#send')
    await p.see('已收到')
    const call = server.calls.filter((c) => c.path === '/warnings' && c.method === 'POST').at(-1)
    const body = JSON.parse(call.body)
    assert.deepEqual(body.target, { card: goodCard(2) })
    assert.ok(server.photos.has(body.photos[0]))
    assert.equal(body.days, 7)
  } finally {
    await p.close()
  }
})
