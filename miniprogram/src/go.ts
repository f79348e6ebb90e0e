// Where a scanned code leads.

import { scan } from './platform/camera'
import { understand } from './scan'
import { words } from './words'

export function openCard(card: string): void {
  uni.navigateTo({ url: '/pkg-team/record?card=' + encodeURIComponent(card) })
}

// scanAndGo scans once and opens what the code is for.
export async function scanAndGo(): Promise<void> {
  const text = await scan()
  if (!text) return
  const found = understand(text)
  if (found.kind === 'card') openCard(found.code)
  else if (found.kind === 'door') uni.navigateTo({ url: '/pkg-shared/door?code=' + encodeURIComponent(found.code) })
  else say(words.home.unknown)
}

// scanCard scans a household's card; '' where it was none.
export async function scanCard(): Promise<string> {
  const text = await scan()
  if (!text) return ''
  const found = understand(text)
  if (found.kind === 'card') return found.code
  say(words.home.unknown)
  return ''
}

// say shows a sentence until the person has read it.
export function say(content: string): void {
  uni.showModal({ content, showCancel: false, confirmText: words.ok })
}

// brief shows that something was done.
export function brief(title: string): void {
  uni.showToast({ title, icon: 'none', duration: 2500 })
}

// ask repeats in words what will change, and waits for a yes.
export function ask(content: string, yes: string): Promise<boolean> {
  return new Promise((done) => {
    uni.showModal({
      content,
      confirmText: yes,
      cancelText: words.cancel,
      success: (r) => done(r.confirm),
      fail: () => done(false),
    })
  })
}

// askWhy waits for a reason; '' where the person turned back or wrote none.
export function askWhy(title: string): Promise<string> {
  return new Promise((done) => {
    uni.showModal({
      title,
      editable: true,
      placeholderText: words.waiting.reason,
      confirmText: words.ok,
      cancelText: words.cancel,
      success: (r) => done(r.confirm ? (r.content ?? '').trim() : ''),
      fail: () => done(''),
    })
  })
}

// bringUp scrolls to what a button has opened further down the page.
export function bringUp(selector: string): void {
  setTimeout(() => uni.pageScrollTo({ selector, offsetTop: -80, duration: 200 }), 50)
}

// goHome leaves whatever was open.
export function goHome(): void {
  uni.reLaunch({ url: '/pages/home/home' })
}
