// The quarter's events as a deck of cards: each is decided by one tap and gone
// at once; what was decided is sent behind it, and comes back where it was not
// taken. Who is quicker than the signal has the next confirmations go in one
// call. Nothing here knows a page, a clock or a network.

import { final, type Answer } from '../draft/answer'

export type Verdict = 'confirm' | 'return' | 'reject'

export interface Card {
  id: string
  record: string
  may_decide: boolean
}

export interface Parts<T extends Card> {
  send(card: T, verdict: Verdict, reason: string): Promise<Answer>
  // sendMany confirms several; ok answers with left: those that were not.
  sendMany(ids: string[]): Promise<Answer>
  // wait passes after so many seconds: the server asked to be left alone.
  wait(seconds: number): Promise<void>
  changed(): void
}

// Back is a card that the server did not take, with the reason.
export interface Back<T> {
  card: T
  message: string
}

interface Job<T> {
  card: T
  verdict: Verdict
  reason: string
}

export const mostAtOnce = 100

export class Deck<T extends Card> {
  todo: T[] = []
  // others are those that somebody else has to decide.
  others: T[] = []
  back: Back<T>[] = []
  done = { confirm: 0, return: 0, reject: 0 }
  // cut tells that nothing came back: what was decided since lies on the deck again.
  cut = false
  private order = new Map<string, number>()
  private last = 0
  private jobs: Job<T>[] = []
  private flying = 0
  private running = false

  constructor(private readonly parts: Parts<T>) {}

  // add puts events under the deck; one that is known already stays where it is.
  add(cards: T[]): void {
    for (const card of cards) {
      if (this.order.has(card.id)) continue
      this.order.set(card.id, ++this.last)
      if (card.may_decide) this.todo.push(card)
      else this.others.push(card)
    }
    this.parts.changed()
  }

  get sending(): number {
    return this.jobs.length + this.flying
  }

  get decided(): number {
    return this.done.confirm + this.done.return + this.done.reject
  }

  // decide takes a card off the deck and sends its verdict.
  decide(id: string, verdict: Verdict, reason = ''): void {
    this.take([id], verdict, reason)
  }

  // confirmAll takes several off the deck and confirms them.
  confirmAll(ids: string[]): void {
    this.take(ids, 'confirm', '')
  }

  // later puts a card at the bottom.
  later(id: string): void {
    const card = this.todo.find((c) => c.id === id)
    if (!card) return
    this.order.set(id, ++this.last)
    this.todo = [...this.todo.filter((c) => c.id !== id), card]
    this.parts.changed()
  }

  private take(ids: string[], verdict: Verdict, reason: string): void {
    const wanted = new Set(ids)
    const cards = this.todo.filter((c) => wanted.has(c.id))
    if (!cards.length) return
    this.cut = false
    this.todo = this.todo.filter((c) => !wanted.has(c.id))
    for (const card of cards) this.jobs.push({ card, verdict, reason })
    this.parts.changed()
    void this.pump()
  }

  private async pump(): Promise<void> {
    if (this.running) return
    this.running = true
    for (let some = this.next(); some.length; some = this.next()) {
      this.flying = some.length
      await this.run(some)
      this.flying = 0
      this.parts.changed()
    }
    this.running = false
  }

  // next are the jobs of one call: confirmations that wait one behind the other,
  // or one of another kind.
  private next(): Job<T>[] {
    const other = this.jobs.findIndex((job) => job.verdict !== 'confirm')
    const confirms = other < 0 ? this.jobs.length : other
    return this.jobs.splice(0, Math.max(1, Math.min(confirms, mostAtOnce)))
  }

  private async run(jobs: Job<T>[]): Promise<void> {
    const [first] = jobs
    const send = () => (jobs.length > 1 ? this.parts.sendMany(jobs.map((j) => j.card.id)) : this.parts.send(first.card, first.verdict, first.reason))
    let answer = await send()
    while (answer.kind === 'refused' && answer.status === 429) {
      await this.parts.wait(answer.waitSeconds ?? 2)
      answer = await send()
    }
    if (answer.kind === 'ok') {
      const left = new Map<string, string>(((answer.data.left as { id: string; why: string }[] | null) ?? []).map((one) => [one.id, one.why]))
      for (const { card, verdict } of jobs) {
        if (left.has(card.id)) this.back.push({ card, message: left.get(card.id) ?? '' })
        else this.done[verdict]++
      }
    } else if (answer.kind === 'refused' && final(answer)) {
      for (const { card } of jobs) this.back.push({ card, message: answer.message })
    } else this.halt(jobs)
  }

  // halt lays back, each where it lay, what did not arrive and what waits.
  private halt(jobs: Job<T>[]): void {
    this.cut = true
    const cards = [...jobs, ...this.jobs].map((job) => job.card)
    this.jobs = []
    const at = (card: T) => this.order.get(card.id) ?? 0
    this.todo = [...cards, ...this.todo].sort((a, b) => at(a) - at(b))
  }
}

// Heap are cards that one record gave to many households.
export interface Heap<T> {
  record: string
  cards: T[]
}

// heaps puts together what was recorded in one act, the largest first.
export function heaps<T extends Card>(cards: T[]): Heap<T>[] {
  const found = new Map<string, T[]>()
  for (const card of cards) {
    const record = card.record || card.id
    const heap = found.get(record)
    if (heap) heap.push(card)
    else found.set(record, [card])
  }
  return [...found].map(([record, all]) => ({ record, cards: all })).sort((a, b) => b.cards.length - a.cards.length)
}
