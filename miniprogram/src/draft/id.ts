// Ids are made on the phone: they are the Idempotency-Key under which the
// server keeps what it answered.

const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

// newId is 26 signs: ten for the time in milliseconds, sixteen at random. It
// sorts by time. random gives numbers from 0 to 1.
export function newId(now: number, random: () => number = Math.random): string {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = signs[rest % 32] + time
  let noise = ''
  for (let i = 0; i < 16; i++) noise += signs[Math.floor(random() * 32)]
  return time + noise
}
