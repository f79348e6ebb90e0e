// Whether there is a signal, as far as the phone knows. The demo page takes it
// away with a message.

import { reactive } from 'vue'

export const signal = reactive({ on: true })

const waiting: (() => void)[] = []

// whenBack runs each time that the signal returns.
export function whenBack(run: () => void): void {
  waiting.push(run)
}

// setSignal is called by the phone's own event and by the demo page.
export function setSignal(on: boolean): void {
  const back = on && !signal.on
  signal.on = on
  if (back) for (const run of waiting) run()
}

export function watchSignal(): void {
  uni.onNetworkStatusChange((now) => setSignal(now.isConnected))
}
