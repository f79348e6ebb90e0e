// WeChat without WeChat: the built Mini Program in its own renderer (exparser,
// with the real wcc), and a phone whose network is Node's.
const { mkdtempSync, copyFileSync, existsSync, rmSync, readFileSync, chmodSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join, basename } = require('node:path')
const { JSDOM } = require('jsdom')

const built = join(__dirname, '../dist/mp-weixin')
const nodeFetch = globalThis.fetch
const NodeForm = globalThis.FormData
const NodeBlob = globalThis.Blob

// device starts a phone; with a directory it is one that was switched off.
function device(address, storage = new Map(), files = mkdtempSync(join(tmpdir(), 'xf-wx-'))) {
  const dom = new JSDOM('<!doctype html><body></body>', { url: 'http://local/' })
  for (const name of ['window', 'document', 'Node', 'HTMLElement', 'Element', 'CustomEvent', 'Event', 'MutationObserver', 'Text', 'DocumentFragment', 'Comment']) {
    globalThis[name] = name === 'window' ? dom.window : dom.window[name]
  }
  for (const path of Object.keys(require.cache)) if (path.startsWith(built) || path.includes('miniprogram-simulate') || path.includes('j-component')) delete require.cache[path]
  chmodSync(join(__dirname, '../node_modules/miniprogram-compiler/bin/linux/wcc'), 0o755)
  chmodSync(join(__dirname, '../node_modules/miniprogram-compiler/bin/linux/wcsc'), 0o755)
  const simulate = require('miniprogram-simulate')

  const phone = { storage, files, signal: true, scanned: '', photo: '', opened: [], asked: [], toasts: [] }
  const later = (run) => setImmediate(run)
  const place = (url) => url.replace(/^https:\/\/jifen\.example\.cn/, address)
  Object.assign(globalThis.wx, {
    env: { USER_DATA_PATH: files },
    canIUse: () => true,
    getSystemInfoSync: () => ({ platform: 'devtools', SDKVersion: '3.4.0', pixelRatio: 2, windowWidth: 390, language: 'zh_CN' }),
    getAppBaseInfo: () => ({ fontSizeScaleFactor: 1.25, language: 'zh_CN', SDKVersion: '3.4.0' }),
    getWindowInfo: () => ({ windowWidth: 390, pixelRatio: 2 }),
    getDeviceInfo: () => ({ platform: 'devtools' }),
    getLaunchOptionsSync: () => ({}),
    getEnterOptionsSync: () => ({}),
    onAppShow() {}, onAppHide() {}, onError() {},
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    getStorageSync: (key) => (storage.has(key) ? JSON.parse(storage.get(key)) : ''),
    setStorageSync: (key, data) => void storage.set(key, JSON.stringify(data)),
    removeStorageSync: (key) => void storage.delete(key),
    onNetworkStatusChange: (run) => (phone.network = run),
    login: ({ success }) => later(() => success({ code: 'member' })),
    scanCode: ({ success }) => later(() => success({ result: phone.scanned })),
    chooseMedia: (o) => {
      phone.media = o
      later(() => o.success({ tempFiles: [{ tempFilePath: phone.photo }] }))
    },
    getFileSystemManager: () => ({
      saveFile: ({ tempFilePath, filePath, success, fail }) => {
        try {
          copyFileSync(tempFilePath, filePath)
        } catch (e) {
          return later(() => fail({ errMsg: String(e) }))
        }
        later(() => success({ savedFilePath: filePath }))
      },
      access: ({ path, success, fail }) => later(() => (existsSync(path) ? success() : fail({}))),
      unlink: ({ filePath, success }) => later(() => (rmSync(filePath, { force: true }), success())),
    }),
    request: ({ url, method, data, header, success, fail }) => {
      const task = phone.signal ? nodeFetch(place(url), { method, headers: header, body: data }) : Promise.reject(new Error('no signal'))
      task.then(async (r) => success({ statusCode: r.status, data: await r.json(), header: Object.fromEntries(r.headers) })).catch((e) => fail({ errMsg: String(e) }))
      return { abort() {} }
    },
    uploadFile: ({ url, filePath, name, formData, header, success, fail }) => {
      const form = new NodeForm()
      for (const [key, one] of Object.entries(formData ?? {})) form.append(key, one)
      form.append(name, new NodeBlob([readFileSync(filePath)]), basename(filePath))
      const task = phone.signal ? nodeFetch(place(url), { method: 'POST', headers: header, body: form }) : Promise.reject(new Error('no signal'))
      task.then(async (r) => success({ statusCode: r.status, data: await r.text() })).catch((e) => fail({ errMsg: String(e) }))
      return { abort() {}, onProgressUpdate() {} }
    },
    showModal: (o) => {
      phone.asked.push(o.content ?? o.title)
      later(() => o.success?.({ confirm: true, content: '' }))
    },
    showToast: (o) => phone.toasts.push(o.title),
    pageScrollTo() {}, setClipboardData() {}, previewImage() {},
  })
  for (const move of ['navigateTo', 'redirectTo', 'reLaunch']) {
    globalThis.wx[move] = ({ url, success }) => {
      phone.opened.push(url)
      if (success) later(() => success({}))
    }
  }

  let app
  globalThis.App = (options) => {
    app = options
    app.onLaunch?.({})
    app.onShow?.({})
  }
  globalThis.getApp = () => app
  globalThis.getCurrentPages = () => []
  globalThis.Page = (options) => globalThis.Component(options)
  require(join(built, 'app.js'))

  // open shows a page as WeChat does: created, attached, onLoad, onShow.
  phone.open = async (url) => {
    const [path, query = ''] = url.replace(/^\//, '').split('?')
    const id = simulate.load(join(built, path), { compiler: 'official', rootPath: built })
    const page = simulate.render(id)
    page.attach(document.body)
    page.instance.onLoad?.(Object.fromEntries(new URLSearchParams(query).entries()))
    page.instance.onShow?.()
    page.instance.onReady?.()
    return page
  }
  phone.off = () => {
    for (const timer of timers) clearInterval(timer)
    rmSync(files, { recursive: true, force: true })
  }
  return phone
}

// The client's own timer is kept, so that a test ends.
const timers = []
const realInterval = globalThis.setInterval
globalThis.setInterval = (...all) => {
  const timer = realInterval(...all)
  timers.push(timer)
  return timer
}

// until waits for what a page will show; it fails after five seconds.
async function until(what, found) {
  const end = Date.now() + 5000
  for (;;) {
    const got = found()
    if (got) return got
    if (Date.now() > end) throw new Error('never came: ' + what)
    await new Promise((done) => setTimeout(done, 10))
  }
}

module.exports = { device, until }
