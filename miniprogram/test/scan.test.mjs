// What a scanned code is for, and what an item asks for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { understand } = await load('scan.ts')
const { slotsOf, lacking, evidenceOf, fill } = await load('pkg-team/evidence.ts')
const { clock, before, stamp } = await load('day.ts')

test('a card, a door, a printed number, anything else', () => {
  const token = 'ABCDEFGHJKMNPQRSTVWXYZ0123'
  assert.deepEqual(understand(`https://jifen.example.cn/h/${token}`), { kind: 'card', code: token })
  assert.deepEqual(understand(` http://127.0.0.1:8080/h/${token}/ `), { kind: 'card', code: token })
  assert.deepEqual(understand('https://jifen.example.cn/console/door/abc_DEF-123'), { kind: 'door', code: 'abc_DEF-123' })
  assert.deepEqual(understand('XF-LQCFJGVD'), { kind: 'card', code: 'XF-LQCFJGVD' })
  assert.deepEqual(understand(token), { kind: 'card', code: token })
  for (const other of ['', 'https://weixin.qq.com/r/abc', 'https://example.cn/h/', '你好', 'https://example.cn/console/door/../x']) {
    assert.deepEqual(understand(other), { kind: 'unknown' }, other)
  }
})

test('a visit is given at the door and cannot be given elsewhere', () => {
  const item = { evidence: [['visit']] }
  assert.deepEqual(slotsOf(item, true), { slots: [], blocked: false })
  assert.deepEqual(slotsOf(item, false), { slots: [], blocked: true })
})

test('one of several proofs is enough; two pictures are before and after', () => {
  const { slots } = slotsOf({ evidence: [['photo', 'decision'], ['before_after'], ['link']] }, true)
  const picture = (id) => ({ id, kept: 'f' + id, takenAt: '' })
  assert.deepEqual(slots.map(lacking), [1, 2, 1])
  slots[0].proof = 'decision'
  slots[0].pictures = [picture('a')]
  slots[1].pictures = [picture('b'), picture('c')]
  slots[2].words = ' http://v.example.cn '
  assert.deepEqual(slots.map(lacking), [0, 0, 0])
  const evidence = evidenceOf(slots)
  assert.deepEqual(evidence, [
    { proof: 'decision', photo: 'kept:a' },
    { proof: 'before_after', photo: 'kept:b' },
    { proof: 'before_after', photo: 'kept:c' },
    { proof: 'link', words: 'http://v.example.cn' },
  ])

  const again = slotsOf({ evidence: [['photo', 'decision'], ['before_after'], ['link']] }, true).slots
  fill(again, evidence, ['a', 'b', 'c'].map(picture))
  assert.deepEqual(evidenceOf(again), evidence, 'a draft that is opened again is as it was')
})

test('days are those of Shanghai, whatever the phone thinks', () => {
  const late = Date.parse('2026-11-24T17:30:00Z')
  assert.equal(stamp(late), '2026-11-25T01:30:00+08:00')
  assert.equal(before('2026-03-01', 1), '2026-02-28')
  assert.equal(clock('2026-11-24T17:30:00Z', late), '今天 01:30')
  assert.equal(clock('2026-11-23T15:04:00+08:00', late), '11月23日 15:04')
})
