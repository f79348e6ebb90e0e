// Every call passes here: who calls, how much is unsent, what came back.

import { call, upload, type Method, type Raw } from '../platform/wire'
import { keepValue, value } from '../platform/keep'
import { newId } from '../draft/id'
import type { Answer } from '../draft/answer'
import { words } from '../words'

// line is what a call needs from the rest of the client.
export const line = {
  token: '',
  unsent: () => ({ count: 0, since: '' }),
  // renew signs in again after the session has ended; true: a new token is there.
  renew: async (): Promise<boolean> => false,
}

function headers(key?: string): Record<string, string> {
  const { count, since } = line.unsent()
  const all: Record<string, string> = { 'X-Unsent': String(count) }
  if (since) all['X-Unsent-Since'] = since
  if (line.token) all.Authorization = 'Bearer ' + line.token
  if (key) all['Idempotency-Key'] = key
  return all
}

function answer(raw: Raw | undefined): Answer {
  if (!raw) return { kind: 'silent' }
  const data = (raw.data ?? {}) as Record<string, any>
  if (raw.status >= 200 && raw.status < 300) return { kind: 'ok', data }
  const message = typeof data.message === 'string' && data.message ? data.message : words.trouble.byStatus(raw.status)
  return { kind: 'refused', status: raw.status, code: String(data.code ?? ''), message, waitSeconds: Number(raw.retryAfter) || undefined }
}

// again repeats a call once where its session had ended and a new one began,
// perhaps while it was on its way.
async function again(send: () => Promise<Raw | undefined>): Promise<Answer> {
  const used = line.token
  const first = answer(await send())
  if (first.kind !== 'refused' || first.status !== 401) return first
  if (line.token !== used) return answer(await send())
  return (await line.renew()) ? answer(await send()) : first
}

// login exchanges WeChat's code for a session. It renews none; the one it shows
// is ended where it is the same person's.
export async function login(code: string): Promise<Answer> {
  return answer(await call('POST', '/login', headers(), JSON.stringify({ code })))
}

// post sends a body under a key; the same key must always have the same body.
export function post(path: string, body: string, key: string, method: Method = 'POST'): Promise<Answer> {
  return again(() => call(method, path, headers(key), body))
}

// postPicture sends a kept picture under its own key.
export function postPicture(kept: string, takenAt: string, key: string): Promise<Answer> {
  return again(() => upload('/photos', headers(key), kept, takenAt ? { taken_at: takenAt } : {}))
}

const keys = new Map<string, string>()

// act is a write that waits for its answer on the page. Until it was decided,
// the same act again goes under the same key.
export async function act(path: string, body: object, method: Method = 'POST'): Promise<Answer> {
  const wire = JSON.stringify(body)
  const name = `${method} ${path} ${wire}`
  const key = keys.get(name) ?? newId(Date.now())
  keys.set(name, key)
  const got = await post(path, wire, key, method)
  if (got.kind === 'ok' || (got.kind === 'refused' && got.status < 500 && got.status !== 429)) keys.delete(name)
  return got
}

// Read is an answer to look at: fresh, or kept from the last time (since says
// when), or missing with the reason.
export interface Read<T> {
  data?: T
  since?: string
  message?: string
  code?: string
}

// read gets a path; what it answered last is kept for work without a signal.
export async function read<T>(path: string): Promise<Read<T>> {
  const got = await again(() => call('GET', path, headers()))
  const name = 'xf.seen.' + path
  if (got.kind === 'ok') {
    void keepValue(name, { at: Date.now(), data: got.data }).catch(() => {})
    return { data: got.data as T }
  }
  if (got.kind === 'refused' && got.status < 500 && got.status !== 429 && got.status !== 401) {
    return { message: got.message, code: got.code }
  }
  const kept = value<{ at: number; data: T }>(name)
  if (kept) return { data: kept.data, since: new Date(kept.at).toISOString() }
  return { message: got.kind === 'silent' ? words.trouble.silent : got.message, code: 'silent' }
}

// seen is what read answered last, without asking again.
export function seen<T>(path: string): T | undefined {
  return value<{ data: T }>('xf.seen.' + path)?.data
}
