// In the browser the client may stand in the demo page's phone: what is before
// its camera, who holds it and whether there is a signal come by message.

import { setSignal } from './signal'

export interface Stage {
  card: string
  picture: string
  login: string
}

export const stage: Stage = { card: '', picture: '', login: '' }

// #ifdef H5
let person: (code: string) => void = () => {}

// whenPerson runs when the demo page says who holds the phone.
export function whenPerson(run: (code: string) => void): void {
  person = run
}

// watchStage listens to the page around this one, of the same origin only.
export function watchStage(): void {
  if (window.parent === window) return
  window.addEventListener('message', (e) => {
    if (e.source !== window.parent || e.origin !== window.location.origin) return
    hear(e.data)
  })
  window.parent.postMessage({ xf: 'ready' }, window.location.origin)
}

function hear(said: { xf?: string; card?: string; url?: string; on?: boolean; code?: string }): void {
  switch (said?.xf) {
    case 'card':
      stage.card = said.card ?? ''
      return
    case 'photo':
      stage.picture = said.url ?? ''
      return
    case 'network':
      setSignal(said.on !== false)
      return
    case 'login':
      stage.login = said.code ?? ''
      person(stage.login)
  }
}
// #endif
