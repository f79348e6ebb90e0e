// The way to the server. A call never throws: no answer at all is undefined.

import { address } from '../site'
import { signal } from './signal'
// #ifdef H5
import { pictureBytes } from './keep'
// #endif

export interface Raw {
  status: number
  data: unknown
  retryAfter: string
}

export type Method = 'GET' | 'POST' | 'PUT'

const root = address + '/api/v1'
// A write on a village's signal may take its time; a read gives way to what is
// kept.
const longest = 30_000
const longestRead = 8_000

function base(): string {
  // #ifdef H5
  return '/api/v1'
  // #endif
  // #ifdef MP-WEIXIN
  return root
  // #endif
}

// full makes an address of the server's own into one that an image can load.
export function full(url: string): string {
  // #ifdef MP-WEIXIN
  if (url.startsWith('/')) return address + url
  // #endif
  return url
}

function header(headers: Record<string, unknown> | undefined, name: string): string {
  for (const [key, one] of Object.entries(headers ?? {})) if (key.toLowerCase() === name) return String(one)
  return ''
}

// call sends one request with a JSON body.
export async function call(
  method: Method,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Raw | undefined> {
  if (!signal.on) return undefined
  return new Promise((done) => {
    uni.request({
      url: base() + path,
      method,
      data: body,
      header: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      timeout: method === 'GET' ? longestRead : longest,
      success: (r) =>
        done({ status: r.statusCode, data: r.data, retryAfter: header(r.header as Record<string, unknown>, 'retry-after') }),
      fail: () => done(undefined),
    })
  })
}

// upload sends one kept picture as a form.
export async function upload(
  path: string,
  headers: Record<string, string>,
  kept: string,
  fields: Record<string, string>,
): Promise<Raw | undefined> {
  if (!signal.on) return undefined
  // #ifdef H5
  try {
    const form = new FormData()
    for (const [name, one] of Object.entries(fields)) form.append(name, one)
    form.append('file', (await pictureBytes(kept)) ?? new Blob(), 'photo.jpg')
    const answer = await fetch(base() + path, { method: 'POST', headers, body: form, signal: AbortSignal.timeout(longest) })
    return { status: answer.status, data: parsed(await answer.text()), retryAfter: answer.headers.get('Retry-After') ?? '' }
  } catch {
    return undefined
  }
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((done) => {
    uni.uploadFile({
      url: base() + path,
      filePath: kept,
      name: 'file',
      formData: fields,
      header: headers,
      timeout: longest,
      success: (r) => done({ status: r.statusCode, data: parsed(r.data), retryAfter: '' }),
      fail: () => done(undefined),
    })
  })
  // #endif
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
