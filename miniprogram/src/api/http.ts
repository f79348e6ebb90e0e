// Every call passes here: who calls, how much is unsent, what came back.

import { call, upload, type Method, type Raw } from '../platform/wire'
import { keepValue, value } from '../platform/keep'
import { newId } from '../draft/id'
import { final, type Answer, type Home } from '../draft/answer'
import { words } from '../words'

// line is what a call needs from the rest of the client. person is whose
// session the token is; phone tells this phone from another of the same person.
export const line = {
  token: '',
  person: '',
  phone: '',
  unsent: () => ({ count: 0, since: '' }),
  // renew signs in again after the session has ended; true: a new token is there.
  renew: async (): Promise<boolean> => false,
}

function headers(key?: string): Record<string, string> {
  const { count, since } = line.unsent()
  const all: Record<string, string> = { 'X-Unsent': String(count), 'X-Phone': line.phone }
  if (since) all['X-Unsent-Since'] = since
  if (line.token) all.Authorization = 'Bearer ' + line.token
  if (key) {
    all['Idempotency-Key'] = key
    // The server refuses what is not this person's, should anything here be wrong.
    if (line.person) all['X-Person'] = line.person
  }
  return all
}

function answer(raw: Raw | undefined): Answer {
  if (!raw) return { kind: 'silent' }
  const data = (raw.data ?? {}) as Record<string, any>
  if (raw.status >= 200 && raw.status < 300) return { kind: 'ok', data }
  const message = typeof data.message === 'string' && data.message ? data.message : words.trouble.byStatus(raw.status)
  const household = typeof data.household?.head === 'string' ? data.household : undefined
  return { kind: 'refused', status: raw.status, code: String(data.code ?? ''), message, waitSeconds: Number(raw.retryAfter) || undefined, household }
}

// again repeats a call once where its session had ended and a new one of the
// same person began, perhaps while it was on its way. Nothing is sent where by
// does not hold the phone: neither first nor after the renewal.
async function again(by: string, send: () => Promise<Raw | undefined>): Promise<Answer> {
  if (line.person !== by) return { kind: 'silent' }
  const used = line.token
  const first = answer(await send())
  if (first.kind !== 'refused' || first.status !== 401) return first
  if (line.token === used && !(await line.renew())) return first
  // Whoever had not been signed in is whoever has signed in.
  return line.person === by || by === '' ? answer(await send()) : first
}

// here is again for a page. What comes back after the phone has changed hands
// is for nobody.
async function here(send: () => Promise<Raw | undefined>): Promise<Answer> {
  const by = line.person
  const got = await again(by, send)
  return line.person === by || by === '' ? got : { kind: 'silent' }
}

// login exchanges WeChat's code for a session. It renews none; the one it shows
// is ended where it is the same person's. What is unsent is another's to say:
// who comes is not known yet.
export async function login(code: string): Promise<Answer> {
  const { Authorization } = headers()
  const shows: Record<string, string> = Authorization ? { Authorization } : {}
  return answer(await call('POST', '/login', { ...shows, 'X-Phone': line.phone }, JSON.stringify({ code })))
}

// post sends somebody's body under a key, in their session only; the same key
// must always have the same body.
export function post(by: string, path: string, body: string, key: string): Promise<Answer> {
  return again(by, () => call('POST', path, headers(key), body))
}

// postPicture sends somebody's kept picture under its own key, in their session
// only.
export function postPicture(by: string, kept: string, takenAt: string, key: string): Promise<Answer> {
  return again(by, () => upload('/photos', headers(key), kept, takenAt ? { taken_at: takenAt } : {}))
}

const keys = new Map<string, string>()

// act is a write that waits for its answer on the page. Until it was decided,
// the same act again goes under the same key.
export async function act(path: string, body: object, method: Method = 'POST'): Promise<Answer> {
  const wire = JSON.stringify(body)
  const name = `${line.person} ${method} ${path} ${wire}`
  const key = keys.get(name) ?? newId(Date.now())
  keys.set(name, key)
  const got = await here(() => call(method, path, headers(key), wire))
  if (final(got)) keys.delete(name)
  return got
}

// Read is an answer to look at: fresh, or kept from the last time (since says
// when), or missing with the reason.
export interface Read<T> {
  data?: T
  since?: string
  message?: string
  code?: string
  household?: Home
}

// read gets a path; what it answered last is kept for work without a signal.
export async function read<T>(path: string): Promise<Read<T>> {
  const got = await here(() => call('GET', path, headers()))
  const name = 'xf.seen.' + path
  if (got.kind === 'ok') {
    void keepValue(name, { at: Date.now(), data: got.data }).catch(() => {})
    return { data: got.data as T }
  }
  if (got.kind === 'refused' && got.status < 500 && got.status !== 429 && got.status !== 401) {
    return { message: got.message, code: got.code, household: got.household }
  }
  const kept = value<{ at: number; data: T }>(name)
  if (kept) return { data: kept.data, since: new Date(kept.at).toISOString() }
  return { message: got.kind === 'silent' ? words.trouble.silent : got.message, code: 'silent' }
}

// seen is what read answered last, without asking again.
export function seen<T>(path: string): T | undefined {
  return value<{ data: T }>('xf.seen.' + path)?.data
}
