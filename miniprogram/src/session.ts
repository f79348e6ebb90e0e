// Who holds the phone, for which village and household, and how large.

import { reactive } from 'vue'
import { act, line, login, read } from './api/http'
import { newId } from './draft/id'
import type { Household, Me, Village } from './api/types'
import type { Answer } from './draft/answer'
import { closeDialogs } from './platform/dialogs'
import { dropValue, keepValue, keysFrom, value } from './platform/keep'
import { loginCode, systemScale } from './platform/login'

export const session = reactive({
  me: undefined as Me | undefined,
  // village is the one that the person works in, of several.
  village: '',
  scale: 1,
  message: '',
})

export const largest = 1.6

// Seat is a session and whose it is: kept as one, so that a kill leaves no
// token beside another person's name.
interface Seat {
  token: string
  person: string
}

// openSession takes up what the phone kept.
export async function openSession(): Promise<void> {
  const seat = value<Seat>('xf.session')
  const me = value<Me>('xf.me')
  line.token = seat?.token ?? ''
  line.person = seat?.person ?? ''
  line.renew = renew
  session.me = me?.id === line.person ? me : undefined
  session.village = value<string>('xf.village') ?? ''
  setScale(value<number>('xf.scale') ?? session.me?.scale ?? systemScale())
  line.phone = value<string>('xf.phone') ?? newId(Date.now())
  if (!value('xf.phone')) await keepValue('xf.phone', line.phone).catch(() => {})
}

// personId tells people apart who share a phone.
export function personId(): string {
  return session.me?.id ?? ''
}

// teamVillages are those where the person may record.
export function teamVillages(): Village[] {
  return session.me?.villages.filter((v) => v.deeds.includes('record')) ?? []
}

// teamVillage is the one of them that is worked in.
export function teamVillage(): Village | undefined {
  const all = teamVillages()
  return all.find((v) => v.id === session.village) ?? all[0]
}

// post is the village where the person serves: in its team, or else over it.
export function post(): Village | undefined {
  return teamVillage() ?? session.me?.villages[0]
}

// may tells whether the person may do a deed in a village.
export function may(deed: string, village: string): boolean {
  return session.me?.villages.some((v) => v.id === village && v.deeds.includes(deed)) ?? false
}

// decides are the villages where the person looks at pictures for others.
export function decides(): Village[] {
  return session.me?.villages.filter((v) => v.deeds.includes('confirm')) ?? []
}

// consoleWork tells whether the console has anything for the person to do.
export function consoleWork(): boolean {
  return session.me?.villages.some((v) => v.deeds.includes('print_cards')) ?? false
}

// leads tells whether the person is told of the phones of the village's team.
export function leads(): boolean {
  return teamVillage()?.roles.some((r) => r === 'leader' || r === 'deputy') ?? false
}

// ownHousehold is the one that the person last chose, of several.
export function ownHousehold(): Household | undefined {
  const all = session.me?.households ?? []
  return all.find((h) => h.current) ?? all[0]
}

// homes are one's own households and those that one helps.
export function homes(): Household[] {
  return [...(session.me?.households ?? []), ...(session.me?.helped ?? []).map((h) => ({ ...h, helped: true }))]
}

// actsFor is the household of an id where the person may act for it.
export function actsFor(id: string): Household | undefined {
  return homes().find((h) => h.id === id)
}

// townships are those whose office the person holds.
export function townships(): { id: string; name: string }[] {
  return session.me?.townships ?? []
}

// officeVillages are the villages of a township, as its office sees them.
export function officeVillages(township: string): Village[] {
  const name = townships().find((t) => t.id === township)?.name
  return (session.me?.villages ?? []).filter((v) => v.township === name && v.roles.some((r) => r === 'officer' || r === 'auditor'))
}

export function setScale(scale: number): void {
  session.scale = Math.min(largest, Math.max(1, scale))
}

// chooseScale keeps a size on the phone and, when there is a signal, with the
// person.
export async function chooseScale(scale: number): Promise<void> {
  setScale(scale)
  await keepValue('xf.scale', session.scale)
  if (session.me) await act('/me/settings', { scale: session.scale }, 'PUT')
}

export async function chooseVillage(id: string): Promise<void> {
  session.village = id
  await keepValue('xf.village', id)
}

export async function chooseHousehold(id: string): Promise<Answer> {
  const answer = await act('/me/settings', { scale: session.scale, household: id }, 'PUT')
  if (answer.kind === 'ok') await take(answer.data as Me)
  return answer
}

// take keeps a me that the server answered to the session that is open.
export async function take(me: Me): Promise<void> {
  session.me = me
  session.message = ''
  const moved = line.person !== me.id
  line.person = me.id
  if (moved) await keepValue('xf.session', seat())
  await keepValue('xf.me', me)
}

const seat = (): Seat => ({ token: line.token, person: line.person })

// refresh asks who I am; without a signal the last answer stands.
export async function refresh(): Promise<void> {
  if (!line.token && !(await renew())) return
  const answer = await read<Me>('/me')
  if (answer.data && !answer.since) await take(answer.data)
  else if (answer.message && !session.me) session.message = answer.message
}

let renewing: Promise<boolean> | undefined

// renew signs in anew; several callers share one try.
function renew(): Promise<boolean> {
  renewing ??= signIn().finally(() => (renewing = undefined))
  return renewing
}

async function signIn(): Promise<boolean> {
  const code = await loginCode()
  if (!code) return false
  const answer = await login(code)
  if (answer.kind !== 'ok') {
    if (answer.kind === 'refused') session.message = answer.message
    return false
  }
  await settle(answer.data.token, answer.data.me)
  return true
}

async function settle(token: string, me: Me): Promise<void> {
  const before = line.person
  line.token = token
  line.person = me.id
  session.me = me
  session.message = ''
  if (before && before !== me.id) await forgetSeen()
  if (value('xf.scale') === undefined) setScale(me.scale || systemScale())
  await keepValue('xf.session', seat())
  await keepValue('xf.me', me)
}

// forgetSeen drops what was kept for another person to look at.
async function forgetSeen(): Promise<void> {
  for (const key of keysFrom('xf.seen.')) await dropValue(key)
}

// enter signs in the person that the demo page names; another one than before
// begins at the home page, with no dialog of the one before open.
export async function enter(): Promise<void> {
  const earlier = personId()
  await renewing
  if (!(await renew()) || personId() === earlier) return
  closeDialogs()
  uni.reLaunch({ url: '/pages/home/home' })
}

// leave ends the session on this phone; drafts stay until their owner is back.
export async function leave(): Promise<void> {
  await act('/logout', {})
  line.token = ''
  line.person = ''
  session.me = undefined
  await dropValue('xf.session')
  await dropValue('xf.me')
  await forgetSeen()
}
