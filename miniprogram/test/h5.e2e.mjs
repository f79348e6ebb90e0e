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
  ['member', 'photos', 'pkg-team/photos', '可以看'],
  ['member', 'quarter', 'pkg-quarter/quarter', '公示前要办的'],
  ['member', 'assess', 'pkg-quarter/assess?village=v1&q=2026Q3', '装了两盏灯'],
  ['member', 'assess-many', 'pkg-quarter/assess?village=v1&q=2026Q3&mode=many', '确认 5 条'],
  ['member', 'publish', 'pkg-quarter/publish?village=v1&q=2026Q3', '签字后公示稿变了'],
  ['member', 'alarms', 'pkg-quarter/alarms?village=v1&q=2026Q3', '平均发分'],
  ['member', 'cases', 'pkg-dispute/cases', '异议12号'],
  ['member', 'case-team', 'pkg-dispute/case?id=c3', '要多几天'],
  ['member', 'door', 'pkg-shared/door?code=DOORDOORDOOR', '是我，让它登录'],
  ['villager', 'villager-home', 'pages/home/home', '申报好事'],
  ['villager', 'points', 'pkg-villager/points', '最近两笔'],
  ['villager', 'lines', 'pkg-villager/lines', '第 7 条'],
  ['villager', 'rank', 'pkg-villager/rank', '前十名'],
  ['villager', 'declare', 'pkg-villager/declare', '以前申报的'],
  ['villager', 'mend', 'pkg-villager/mend', '乱倒垃圾'],
  ['villager', 'sheet', 'pkg-villager/sheet', '还挂 4 天'],
  ['villager', 'my-cases', 'pkg-dispute/mine', '异议12号'],
  ['villager', 'helped', 'pkg-dispute/mine?household=hh3', '您在替赵德福家办'],
  ['villager', 'file', 'pkg-dispute/file?line=6&year=2026', '哪里不对？'],
  ['villager', 'file-missing', 'pkg-dispute/file?line=0', '哪天，做了什么？'],
  ['villager', 'case', 'pkg-dispute/case?id=c1', '催一下'],
  ['villager', 'case-decided', 'pkg-dispute/case?id=c2', '不服，请镇上看'],
  ['officer', 'officer-home', 'pages/home/home', '镇里要办的'],
  ['officer', 'town', 'pkg-town/town', '季度公示晚了'],
  ['officer', 'summary', 'pkg-town/summary', '全镇 31 户'],
  ['officer', 'quarter-blocked', 'pkg-quarter/quarter?village=v2&q=2026Q3', '书面同意公示'],
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
          await login(p, person, person === 'stranger' ? '同意并进入' : person === 'officer' ? '镇里要办的' : '申报好事')
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
  const calls = server.calls.length
  let p = await phone(server.address)
  await login(p, 'member')
  await p.see('都发出去了')
  for (let i = 0; i < 100 && !server.calls.slice(calls).some((c) => c.path.endsWith('/catalogue')); i++) await p.page.waitForTimeout(50)
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
    await p.see('现在是孙秀珍家，记给孙秀珍家？')
    await answer(p, '先不')
    assert.equal(server.records.length, already + 4, 'another household is asked about first')
    await p.tap('[id^=cure-]')
    await answer(p, '记给他家')
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
    await p.see('1 户没有记上')
    await shot(p, 'batch-sent')
    assert.deepEqual(await findings(p), [])
    assert.equal(server.records.at(-1).targets.length, 12)
    assert.equal(server.records.at(-1).at_door, false)
    await p.go('pkg-team/drafts')
    await p.see('1 户没有记上')
    await shot(p, 'batch-drafts')
    assert.deepEqual(await findings(p), [])
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

// called waits for a write and gives its body.
async function called(p, path) {
  for (let i = 0; i < 100; i++) {
    const call = server.calls.find((c) => c.method === 'POST' && c.path === path && !c.told)
    if (call) {
      call.told = true
      return JSON.parse(call.body)
    }
    await p.page.waitForTimeout(50)
  }
  throw new Error('never called: ' + path)
}

// answer presses a button of uni's own question, after writing into it.
async function answer(p, yes, text) {
  if (text) await p.frame().locator('uni-modal textarea, uni-modal input').fill(text)
  await p.frame().locator('uni-modal').getByText(yes, { exact: true }).click()
}

test('a stranger agrees and binds', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'stranger', '同意并进入')
    await p.tap('#agree')
    assert.deepEqual(await called(p, '/me/consent'), { version: '2026-11' })
    await p.see('绑定我家')
    await p.tap('#link')
    await p.frame().locator('#number input').fill('XF-LQCFJGVD')
    await p.frame().locator('#digits input').fill('69')
    await p.tap('#send')
    await p.see('请填手机号的后四位数字')
    assert.deepEqual(await findings(p), [])
    await p.frame().locator('#digits input').fill('6928')
    await p.tap('#send')
    await p.see('已绑定王桂兰家')
    assert.deepEqual(await called(p, '/link/card'), { card: 'XF-LQCFJGVD', digits: '6928' })
  } finally {
    await p.close()
  }
})

test('a villager declares a good deed and mends', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'villager', '申报好事')
    await p.shoot('#258')
    await p.go('pkg-villager/declare')
    await p.frame().locator('#told textarea').fill('帮邻居收玉米')
    await p.tap('#photo')
    await p.tap('#on-' + (await p.frame().evaluate(() => new Date(Date.now() - 16 * 3600_000).toISOString().slice(0, 10))))
    await p.tap('#send')
    const deed = await called(p, '/declarations')
    assert.equal(deed.words, '帮邻居收玉米')
    assert.ok(server.photos.has(deed.photos[0]))

    await p.go('pkg-villager/mend')
    await p.tap('#photo-w1')
    await p.frame().locator('#told-w1 input').fill('清走了')
    await shot(p, 'mend-photo')
    assert.deepEqual(await findings(p), [])
    await p.tap('#send-w1')
    await p.see('等他们来看')
    const mend = await called(p, '/warnings/w1/mend')
    assert.equal(mend.words, '清走了')
    assert.equal(mend.photos.length, 1)
    assert.deepEqual(p.errors, [])
  } finally {
    await p.close()
  }
})

test('who decides looks at pictures, passes one and refuses one with a reason', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.tap('#photos')
    await p.see('院落亮化')
    await p.see('您自己交的')
    await p.tap('#pass-' + 'a'.repeat(64))
    await answer(p, '好')
    assert.deepEqual(await called(p, `/photos/${'a'.repeat(64)}/judge`), { pass: true, reason: '' })
    await p.go('pkg-team/photos')
    await p.tap('#refuse-' + 'a'.repeat(64))
    await answer(p, '好', '看不清')
    await shot(p, 'photos-refused')
    assert.deepEqual(await called(p, `/photos/${'a'.repeat(64)}/judge`), { pass: false, reason: '看不清' })
    assert.deepEqual(p.errors, [])
  } finally {
    await p.close()
  }
})

test('the team takes up, declines, takes over, closes, corrects, withdraws, visits', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.go('pkg-team/waiting')
    await p.see('XF-AB23CD45')
    await p.tap('#take-a1')
    await answer(p, '好')
    assert.deepEqual(await called(p, '/asides/a1/take'), {})
    await p.tap('#tab-declarations')
    await shot(p, 'waiting-declarations')
    assert.deepEqual(await findings(p), [])
    await p.tap('#decline-d1')
    await answer(p, '好', '没有这回事')
    assert.deepEqual(await called(p, '/declarations/d1/decline'), { reason: '没有这回事' })
    await p.tap('#take-up-d1')
    await p.see('帮邻居李大爷收了一天玉米')
    await p.tap('#item-HJ10')
    await p.tap('#send')
    const taken = await called(p, '/declarations/d1/take')
    assert.equal(taken.item, 'HJ10')
    assert.deepEqual(taken.evidence, [{ proof: 'photo', photo: 'a'.repeat(64) }])
    assert.equal(taken.on, '2026-11-23')

    await p.go('pkg-team/waiting')
    await p.tap('#tab-warnings')
    await shot(p, 'waiting-warnings')
    assert.deepEqual(await findings(p), [])
    assert.equal(await p.frame().locator('#not-mended-w1').count(), 0, 'its days are not over')
    await p.see('11月28日起')
    assert.equal(await p.frame().locator('#not-mended-w3').count(), 1)
    await p.tap('#mended-w2')
    await answer(p, '好')
    assert.deepEqual(await called(p, '/warnings/w2/close'), { mended: true, note: '' })

    await p.go('pkg-team/records')
    await p.tap('#withdraw-e1')
    await answer(p, '好', '记错了')
    assert.deepEqual(await called(p, '/events/e1/withdraw'), { reason: '记错了' })
    await p.go('pkg-team/records')
    await p.tap('#withdraw-all-r2')
    await answer(p, '好', '记错了')
    for (const e of ['e20', 'e21']) assert.deepEqual(await called(p, `/events/${e}/withdraw`), { reason: '记错了' })
    await p.go('pkg-team/records')
    await p.see('11月24日 09:47 记的，11月25日 10:20 收到')
    await p.tap('#reused-r1')
    await p.see('记录里也用过')
    await p.tap('#correct-e1')
    await p.tap('#fold')
    await p.frame().locator('#note textarea').last().fill('装了三盏灯')
    await shot(p, 'record-correct')
    assert.deepEqual(await findings(p), [])
    await p.tap('#send')
    const right = await called(p, '/events/e1/correct')
    assert.equal(right.note, '装了三盏灯')
    assert.equal(right.village, undefined)

    await p.go('pkg-team/visits')
    await p.see('李秀英家')
    assert.equal(await p.frame().locator('#visited-HQ-0036').count(), 0, 'one does not visit oneself')
    await p.tap('#visited-HQ-0031')
    await answer(p, '好')
    assert.deepEqual((await called(p, '/visits')).target, { household: 'hh1' })

    await p.go('pkg-shared/door?code=DOORDOORDOOR')
    await p.tap('#confirm')
    await p.see('电脑上已经登录')
    await called(p, '/console/DOORDOORDOOR/confirm')
    assert.deepEqual(p.errors, [])
  } finally {
    await p.close()
  }
})

test('from a revoked card the roster leads on, to what needs no door', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.go('pkg-team/record?card=OLDCARDOLDCARD')
    await p.see('刘玉梅家')
    await p.tap('#roster')
    await p.see('从名册里选这一户')
    await shot(p, 'roster')
    assert.deepEqual(await findings(p), [])
    await p.tap('#tick-HQ-0034')
    await p.see('刘玉梅家')
    await p.frame().locator('#item-HJ10').last().waitFor()
    assert.equal(await p.frame().locator('#item-HJ01').count(), 0, 'it has to be seen at the door')
    await p.go('pkg-team/record?card=ANOTHERVILLAGE')
    await p.see('不是本村的卡')
    assert.deepEqual(p.errors, [])
  } finally {
    await p.close()
  }
})

test('a refusal is cured by what its code asks for', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.shoot('#842')
    const refusals = { evidence_missing: '还缺一张照片。', cap_reached: '他家这个月这一项已记满。', in_future: '日子还没到。' }
    let code = ''
    server.refuse = (method, path) => (method === 'POST' && path === '/records' && code ? [422, { code, message: refusals[code] }] : undefined)
    for (code of Object.keys(refusals)) {
      await p.go('pkg-team/record?card=' + goodCard(4))
      await p.tap('#item-HJ10')
      await p.tap('#photo')
      await p.tap('#send')
      await p.see('有一点要您处理')
    }
    await shot(p, 'record-refused')
    code = ''
    await p.tap('#to-drafts')
    await p.see('补照片')
    await shot(p, 'drafts-cures')
    assert.deepEqual(await findings(p), [])
    const before = server.records.length

    await p.frame().getByText('补照片').locator('visible=true').last().click()
    await p.see('还缺一张照片')
    await p.tap('#another0')
    await p.tap('#send')
    await p.see('已收到')
    assert.equal(server.records.length, before + 1)
    assert.equal(server.records.at(-1).evidence.length, 2)

    await p.go('pkg-team/drafts')
    await p.frame().getByText('改一改再发').locator('visible=true').last().click()
    await p.tap('#fold')
    await p.tap('[id^=on-] >> nth=1')
    await p.tap('#send')
    await p.see('已收到')

    await p.go('pkg-team/drafts')
    await p.frame().getByText('放弃，告诉组长').locator('visible=true').last().click()
    await answer(p, '放弃')
    await p.see('都发出去了')
    assert.deepEqual(p.errors, [])
  } finally {
    server.refuse = undefined
    await p.close()
  }
})

test('without a signal what waits is not said to be nothing where it was never asked', async () => {
  const p = await phone(server.address)
  try {
    await login(p, 'member')
    await p.go('pages/me/me')
    await p.tell({ xf: 'network', on: false })
    await p.go('pkg-team/waiting')
    await p.see('没有信号')
    await p.page.waitForTimeout(300)
    const said = await p.frame().locator('uni-page-body').last().innerText()
    assert.ok(!said.includes('没有等着办的') && !/0/.test(said), said)
    assert.deepEqual(await findings(p), [])
  } finally {
    await p.close()
  }
})

// overlaps are letters that lie on others, or that run out of the page.
const overlaps = (p) =>
  p.frame().evaluate(() => {
    const found = []
    const letters = (one) => {
      const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT)
      const boxes = []
      while (walk.nextNode()) {
        if (walk.currentNode.parentElement.closest('.uni-input-placeholder')) continue // cut off inside its field
        const range = document.createRange()
        range.selectNodeContents(walk.currentNode)
        for (const box of range.getClientRects()) if (box.width > 1) boxes.push({ box, text: walk.currentNode.textContent.trim() })
      }
      for (const sign of one.querySelectorAll('.onward')) boxes.push({ box: sign.getBoundingClientRect(), text: '>' })
      return boxes
    }
    const wide = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth > wide) found.push('sideways ' + document.documentElement.scrollWidth)
    for (const row of document.querySelectorAll('uni-page-body .row, uni-page-body .cell')) {
      if (!row.clientWidth) continue
      const all = letters(row)
      all.forEach(({ box: a, text }, i) => {
        if (a.right > wide + 1) found.push(`out ${text}`)
        for (const { box: b, text: other } of all.slice(i + 1)) {
          if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 8) found.push(`${text} on ${other}`)
        }
      })
    }
    return found
  })

test('at twice the size nothing lies on anything', async () => {
  const p = await phone(server.address)
  try {
    for (const [width, scale] of [[188, 1], [333, 1.6]]) {
      await p.page.setViewportSize({ width, height: 420 })
      let who = ''
      for (const [person, name, path, text] of pages.filter(([, name]) => ['home', 'batch', 'visits', 'rank', 'waiting', 'records', 'lines', 'villager-home'].includes(name))) {
        if (who !== person) {
          who = person
          await login(p, person, '申报好事')
          await keepScale(p, scale)
        }
        await p.go(path)
        await p.see(text)
        await p.page.waitForTimeout(100)
        await shot(p, `zoom-${width}-${scale}-${name}`)
        assert.deepEqual(await overlaps(p), [], `${name} of ${width} px at ${scale}`)
      }
    }
  } finally {
    await p.close()
  }
})
