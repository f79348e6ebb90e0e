// What a scanned code is for.

export type Scanned = { kind: 'card' | 'door'; code: string } | { kind: 'unknown' }

// understand reads a QR code's text: a household's card (…/h/TOKEN), the
// console's door (…/console/door/CODE), or a card's printed number.
export function understand(text: string): Scanned {
  const said = text.trim()
  const card = /\/h\/([A-Za-z0-9_-]{8,})\/?(?:[?#].*)?$/.exec(said)
  if (card) return { kind: 'card', code: card[1] }
  const door = /\/console\/door\/([A-Za-z0-9_-]{8,})\/?(?:[?#].*)?$/.exec(said)
  if (door) return { kind: 'door', code: door[1] }
  if (/^[A-Za-z0-9_-]{4,}$/.test(said)) return { kind: 'card', code: said }
  return { kind: 'unknown' }
}
