// Scanning and taking pictures.

import { words } from '../words'
import { stage } from './stage'
import type { Taken } from './keep'

// scan gives what a QR code says, '' where the person turned back.
export async function scan(): Promise<string> {
  // #ifdef H5
  return stage.card || askNumber()
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((done) => {
    uni.scanCode({ scanType: ['qrCode'], success: (r) => done(r.result), fail: () => done('') })
  })
  // #endif
}

// askNumber lets a person type the number that is printed under a card's code.
export function askNumber(): Promise<string> {
  return new Promise((done) => {
    uni.showModal({
      title: words.card.ask,
      editable: true,
      placeholderText: words.card.example,
      confirmText: words.ok,
      cancelText: words.back,
      success: (r) => done(r.confirm ? (r.content ?? '').trim() : ''),
      fail: () => done(''),
    })
  })
}

// takePicture opens the camera, or the album; undefined where the person
// turned back. The demo page's picture stands in for both.
export async function takePicture(from: 'camera' | 'album'): Promise<Taken | undefined> {
  // #ifdef H5
  if (stage.picture) return { path: stage.picture }
  return new Promise((done) => {
    uni.chooseImage({
      count: 1,
      sourceType: [from],
      success: (r) => done({ path: r.tempFilePaths[0], blob: (r.tempFiles as File[])[0] }),
      fail: () => done(undefined),
    })
  })
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((done) => {
    uni.chooseMedia({
      count: 1,
      mediaType: ['image'],
      sourceType: [from],
      sizeType: ['compressed'],
      success: (r) => done({ path: r.tempFiles[0].tempFilePath }),
      fail: () => done(undefined),
    })
  })
  // #endif
}

// look opens a picture large.
export function look(url: string): void {
  uni.previewImage({ urls: [url] })
}
