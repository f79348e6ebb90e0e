import { words } from './words'

// Days and times are those of Asia/Shanghai, whatever the phone is set to.

const ahead = 8 * 3600_000

// dayOf is a moment's day, 2026-11-24.
export function dayOf(ms: number): string {
  return new Date(ms + ahead).toISOString().slice(0, 10)
}

// stamp is a moment as the server reads it, to the second.
export function stamp(ms: number): string {
  return new Date(ms + ahead).toISOString().slice(0, 19) + '+08:00'
}

// clock is a moment as people read it: 今天 10:20, or 11月23日 10:20.
export function clock(moment: string, now = Date.now()): string {
  const ms = Date.parse(moment)
  if (Number.isNaN(ms)) return ''
  const time = new Date(ms + ahead).toISOString().slice(11, 16)
  const day = dayOf(ms)
  return day === dayOf(now) ? `${words.day.today} ${time}` : `${short(day)} ${time}`
}

// short is a day as people read it, 11月24日.
export function short(day: string): string {
  const [, month, date] = day.split('-')
  return month && date ? words.day.monthDay(Number(month), Number(date)) : day
}

// before is the day some days earlier.
export function before(day: string, days: number): string {
  return dayOf(Date.parse(day + 'T00:00:00+08:00') - days * 86400_000)
}
