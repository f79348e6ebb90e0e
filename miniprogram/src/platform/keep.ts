// What the phone keeps: values by key and pictures. In the browser both lie in
// IndexedDB, written so that they outlive a killed process (its localStorage
// does not); in WeChat values lie in its storage and pictures in its files.

import { newId } from '../draft/id'

// Taken is a picture as the camera gives it: a temporary path or the bytes.
export type Taken = { path: string; blob?: Blob }

const mirror = new Map<string, unknown>()

// value reads what is kept under a key, undefined where nothing is.
export function value<T>(key: string): T | undefined {
  return mirror.get(key) as T | undefined
}

// keysFrom lists the keys that start with a prefix.
export function keysFrom(prefix: string): string[] {
  return [...mirror.keys()].filter((key) => key.startsWith(prefix))
}

// #ifdef H5
let database: IDBDatabase

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => failed(request.error)
  })
}

function write(store: string, change: (s: IDBObjectStore) => void): Promise<void> {
  return new Promise((done, failed) => {
    const act = database.transaction(store, 'readwrite', { durability: 'strict' })
    act.oncomplete = () => done()
    act.onerror = act.onabort = () => failed(act.error)
    change(act.objectStore(store))
  })
}

const shown = new Map<string, string>()
// #endif

// openKeep must have finished before anything else here is called.
export async function openKeep(): Promise<void> {
  // #ifdef H5
  const opening = indexedDB.open('xf', 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('values')
    opening.result.createObjectStore('pictures')
  }
  database = await answered(opening)
  const store = database.transaction('values').objectStore('values')
  const [keys, values] = await Promise.all([answered(store.getAllKeys()), answered(store.getAll())])
  keys.forEach((key, i) => mirror.set(String(key), values[i]))
  // #endif
  // #ifdef MP-WEIXIN
  for (const key of uni.getStorageInfoSync().keys) {
    if (key.startsWith('xf.')) mirror.set(key, uni.getStorageSync(key))
  }
  // #endif
}

// keepValue resolves when the value would survive a kill.
export async function keepValue(key: string, kept: unknown): Promise<void> {
  const plain = JSON.parse(JSON.stringify(kept))
  // #ifdef H5
  await write('values', (s) => s.put(plain, key))
  // #endif
  // #ifdef MP-WEIXIN
  uni.setStorageSync(key, plain)
  // #endif
  mirror.set(key, plain)
}

export async function dropValue(key: string): Promise<void> {
  mirror.delete(key)
  // #ifdef H5
  await write('values', (s) => s.delete(key))
  // #endif
  // #ifdef MP-WEIXIN
  uni.removeStorageSync(key)
  // #endif
}

// keepPicture saves a picture out of the temporary folder and names it.
export async function keepPicture(taken: Taken): Promise<string> {
  const name = newId(Date.now())
  // #ifdef H5
  const blob = taken.blob ?? (await (await fetch(taken.path)).blob())
  await write('pictures', (s) => s.put(blob, name))
  return name
  // #endif
  // #ifdef MP-WEIXIN
  const ending = /\.[a-z]+$/i.exec(taken.path)?.[0] ?? '.jpg'
  const path = `${wx.env.USER_DATA_PATH}/${name}${ending}`
  await new Promise<void>((done, failed) => {
    uni.getFileSystemManager().saveFile({ tempFilePath: taken.path, filePath: path, success: () => done(), fail: failed })
  })
  return path
  // #endif
}

export async function hasPicture(kept: string): Promise<boolean> {
  // #ifdef H5
  return (await answered(database.transaction('pictures').objectStore('pictures').count(kept))) > 0
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((done) => {
    uni.getFileSystemManager().access({ path: kept, success: () => done(true), fail: () => done(false) })
  })
  // #endif
}

export async function dropPicture(kept: string): Promise<void> {
  // #ifdef H5
  const url = shown.get(kept)
  if (url) URL.revokeObjectURL(url)
  shown.delete(kept)
  await write('pictures', (s) => s.delete(kept))
  // #endif
  // #ifdef MP-WEIXIN
  await new Promise<void>((done) => {
    uni.getFileSystemManager().unlink({ filePath: kept, success: () => done(), fail: () => done() })
  })
  // #endif
}

// pictureSource is what an image shows; '' where the picture is gone.
export async function pictureSource(kept: string): Promise<string> {
  // #ifdef H5
  if (!shown.has(kept)) {
    const blob = await pictureBytes(kept)
    if (!blob) return ''
    shown.set(kept, URL.createObjectURL(blob))
  }
  return shown.get(kept) ?? ''
  // #endif
  // #ifdef MP-WEIXIN
  return kept
  // #endif
}

// #ifdef H5
// pictureBytes reads a kept picture for the upload.
export function pictureBytes(kept: string): Promise<Blob | undefined> {
  return answered(database.transaction('pictures').objectStore('pictures').get(kept))
}
// #endif
