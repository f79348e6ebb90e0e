// The built Mini Program, driven through WeChat's own renderer over real HTTP.
const assert = require('node:assert/strict')
const { writeFileSync, mkdtempSync, existsSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { test } = require('node:test')
const { device, until } = require('./wechat.cjs')

test('scan, item, photo, send: over HTTP to the server, once', async () => {
  const { start, goodCard } = await import('./fake.mjs')
  const server = await start()
  const phone = device(server.address)
  try {
    phone.scanned = `https://jifen.example.cn/h/${goodCard(1)}`
    phone.photo = join(mkdtempSync(join(tmpdir(), 'xf-photo-')), 'tmp_1.jpg')
    writeFileSync(phone.photo, 'a picture')

    const home = await phone.open('pages/home/home')
    const scan = await until('the scan button', () => home.querySelector('#scan'))
    scan.dispatchEvent('tap')
    const url = await until('the record page', () => phone.opened.find((one) => one.startsWith('/pkg-team/record')))
    assert.equal(url, '/pkg-team/record?card=' + goodCard(1))

    const page = await phone.open(url)
    const item = await until('the item', () => page.querySelector('#picker')?.querySelector('#item-HJ10'))
    item.dispatchEvent('tap')
    const shoot = await until('the photo button', () => page.querySelector('#photo'))
    shoot.dispatchEvent('tap')
    const send = await until('the send button', () => page.querySelector('#send'))
    assert.deepEqual(phone.media.sourceType, ['camera'])
    send.dispatchEvent('tap')
    send.dispatchEvent('tap')
    await until('the record', () => server.records.length)
    await until('已收到', () => page.querySelector('#outcome')?.dom.innerHTML.includes('已收到'))

    const photo = server.calls.find((c) => c.path === '/photos')
    assert.equal(photo.headers.authorization, 'Bearer T-member')
    assert.match(photo.headers['idempotency-key'], /^[A-Za-z0-9-]{8,64}$/)
    assert.match(photo.form, /name="file"[^]*a picture/)
    assert.match(photo.form, /name="taken_at"/)
    const record = server.calls.find((c) => c.path === '/records' && c.method === 'POST')
    assert.equal(record.headers['x-unsent'], '1')
    assert.match(record.headers['x-unsent-since'], /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/)
    assert.equal(server.records.length, 1)
    assert.equal(server.records[0].evidence[0].proof, 'photo')
    assert.ok(server.photos.has(server.records[0].evidence[0].photo))
  } finally {
    phone.off()
    await server.stop()
  }
})

test('switched off between the photo and its record, on again: it arrives once', async () => {
  const { start, goodCard } = await import('./fake.mjs')
  const server = await start()
  let phone = device(server.address)
  try {
    phone.photo = join(mkdtempSync(join(tmpdir(), 'xf-photo-')), 'tmp_2.jpg')
    writeFileSync(phone.photo, 'another picture')
    server.refuse = (method, path) => (path === '/records' && method === 'POST' ? [503, { code: 'busy', message: '系统忙' }] : undefined)

    const home = await phone.open('pages/home/home')
    await until('the home page', () => home.querySelector('#scan'))
    const page = await phone.open('/pkg-team/record?card=' + goodCard(2))
    ;(await until('the item', () => page.querySelector('#picker')?.querySelector('#item-HJ10'))).dispatchEvent('tap')
    ;(await until('the photo button', () => page.querySelector('#photo'))).dispatchEvent('tap')
    ;(await until('the send button', () => page.querySelector('#send'))).dispatchEvent('tap')
    await until('a refused try', () => server.calls.some((c) => c.path === '/records' && c.method === 'POST'))
    const kept = [...phone.storage.keys()].find((key) => key.startsWith('xf.queue.'))
    await until('the draft waits', () => JSON.parse(phone.storage.get(kept)).state === 'unsent')
    assert.ok(existsSync(JSON.parse(phone.storage.get(kept)).pictures[0].kept), 'the picture lies in the phone\'s own folder')

    server.refuse = undefined
    phone = device(server.address, phone.storage, phone.files)
    await until('the record', () => server.records.length)
    const posts = server.calls.filter((c) => c.path === '/records' && c.method === 'POST')
    assert.equal(new Set(posts.map((c) => c.body)).size, 1, 'the body is frozen')
    assert.equal(new Set(posts.map((c) => c.headers['idempotency-key'])).size, 1)
    assert.equal(server.calls.filter((c) => c.path === '/photos').length, 1, 'a photo that was answered is not sent again')
    await until('the picture is gone', () => !existsSync(JSON.parse(phone.storage.get(kept)).pictures[0].kept))
    assert.equal(server.records.length, 1)
  } finally {
    phone.off()
    await server.stop()
  }
})

test('every page opens and is drawn', async () => {
  const { start, goodCard } = await import('./fake.mjs')
  const { pages, subPackages } = JSON.parse(require('node:fs').readFileSync(join(__dirname, '../dist/mp-weixin/app.json'), 'utf8'))
  const all = [...pages, ...subPackages.flatMap((s) => s.pages.map((p) => s.root + '/' + p))]
  assert.ok(all.length > 15)
  const server = await start()
  const phone = device(server.address)
  try {
    const home = await phone.open('pages/home/home')
    await until('the home page', () => home.querySelector('#scan'))
    for (const path of all) {
      const page = await phone.open(path + '?id=c1&code=DOORDOORDOOR&card=' + goodCard(3))
      await until(path, () => page.dom.textContent.trim().length > 10)
    }
  } finally {
    phone.off()
    await server.stop()
  }
})

test('the quarter on a phone of WeChat: an event a tap, and the next is there', async () => {
  const { start } = await import('./fake.mjs')
  const server = await start()
  const phone = device(server.address)
  try {
    const home = await phone.open('pages/home/home')
    await until('the home page', () => home.querySelector('#scan'))
    const page = await phone.open('/pkg-quarter/assess?village=v1&q=2026Q3')
    const confirm = await until('the first event', () => page.querySelector('#confirm'))
    assert.ok(page.querySelector('#card-ev0'))
    confirm.dispatchEvent('tap')
    await until('the next event', () => page.querySelector('#card-ev3'))
    await until('the confirmation', () => server.calls.some((c) => c.method === 'POST' && c.path === '/events/ev0/confirm'))
    ;(await until('the return button', () => page.querySelector('#return'))).dispatchEvent('tap')
    await until('the question', () => page.querySelector('#asking')?.dom.textContent.includes('为什么退回'))
    const loads = server.calls.filter((c) => c.path.endsWith('/events')).length
    assert.equal(loads, 1, 'nothing was loaded anew')
  } finally {
    phone.off()
    await server.stop()
  }
})

test('a dispute that is written without a signal is on the phone after it was off, and filed with its photo', async () => {
  const { start } = await import('./fake.mjs')
  const server = await start()
  let phone = device(server.address)
  try {
    phone.photo = join(mkdtempSync(join(tmpdir(), 'xf-photo-')), 'tmp_3.jpg')
    writeFileSync(phone.photo, 'what it looked like')
    const home = await phone.open('pages/home/home')
    await until('the home page', () => home.querySelector('#scan'))
    let page = await phone.open('/pkg-dispute/file?line=6&year=2026')
    ;(await until('a known reason', () => page.querySelector('#known-0'))).dispatchEvent('tap')
    phone.signal = false
    const photo = () => page.querySelector('#photos')?.querySelector('#photo')
    ;(await until('the camera', photo)).dispatchEvent('tap')
    const kept = () => [...phone.storage].find(([key]) => key.startsWith('xf.typed.'))
    await until('words and photo are kept', () => kept() && JSON.parse(kept()[1]).pictures.length === 1 && JSON.parse(kept()[1]).text === '没有这回事')
    page.querySelector('#send').dispatchEvent('tap')
    await until('that it was not sent', () => page.dom.textContent.includes('没有信号'))

    phone = device(server.address, phone.storage, phone.files)
    page = await phone.open('/pkg-dispute/file?line=6&year=2026')
    await until('the words are back', () => page.querySelector('#send')?.dom.textContent.includes('提异议'))
    page.querySelector('#send').dispatchEvent('tap')
    await until('the number', () => page.dom.textContent.includes('异议13号'))
    const filed = server.calls.find((c) => c.method === 'POST' && c.path === '/disputes')
    assert.equal(JSON.parse(filed.body).words, '没有这回事')
    assert.ok(server.photos.has(JSON.parse(filed.body).photos[0]))
    assert.equal(kept(), undefined, 'no draft is left')
  } finally {
    phone.off()
    await server.stop()
  }
})
