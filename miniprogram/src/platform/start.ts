// What runs once when the client starts.

import { openKeep } from './keep'
import { watchSignal, whenBack } from './signal'
import { openOutbox, sendAll } from '../outbox'
import { openSession, enter } from '../session'
// #ifdef H5
import { watchStage, whenPerson } from './stage'
import { watchRoles } from './a11y.h5'
// #endif

let begun: Promise<void> | undefined

// start opens what the phone keeps; every page waits for it.
export function start(): Promise<void> {
  begun ??= run()
  return begun
}

async function run(): Promise<void> {
  // #ifdef H5
  watchRoles()
  // #endif
  await openKeep()
  await openSession()
  await openOutbox()
  watchSignal()
  whenBack(() => void sendAll(true))
  // #ifdef H5
  whenPerson(() => void enter().then(() => sendAll(true)))
  watchStage()
  // #endif
  setInterval(() => void sendAll(false), 10_000)
  void sendAll(true)
}
