// uni's elements in a browser carry no roles. This gives them what screen
// readers and keyboards need: it only adds attributes.

// #ifdef H5
import { words } from '../words'

const roles: [string, string][] = [
  ['uni-button', 'button'],
  ['.uni-modal__btn', 'button'],
  ['.uni-page-head-btn', 'button'],
  ['uni-picker', 'button'],
  ['uni-toast', 'status'],
  ['uni-modal', 'alertdialog'],
  ['uni-page-head', 'banner'],
  ['uni-page-body', 'main'],
  ['.uni-page-head__title', 'heading'],
]

function dress(root: Document): void {
  for (const [selector, role] of roles) {
    root.querySelectorAll<HTMLElement>(selector).forEach((one) => {
      if (!one.hasAttribute('role')) one.setAttribute('role', role)
      if (role === 'button' && !one.hasAttribute('tabindex')) one.tabIndex = 0
      if (role === 'alertdialog') one.setAttribute('aria-label', one.querySelector('.uni-modal__bd,.uni-modal__hd')?.textContent?.trim() || words.login.title)
      if (role === 'heading') one.setAttribute('aria-level', '1')
    })
  }
  root.querySelectorAll('.uni-page-head-btn').forEach((one) => one.setAttribute('aria-label', words.back))
  root.querySelectorAll('uni-button').forEach((one) => {
    if (one.hasAttribute('disabled')) one.setAttribute('aria-disabled', String(one.getAttribute('disabled') !== 'false'))
  })
  root.querySelectorAll('uni-input,uni-textarea').forEach((one) => {
    const inner = one.querySelector('input,textarea')
    const label = one.getAttribute('aria-label')
    if (inner && label) inner.setAttribute('aria-label', label)
    if (label) one.removeAttribute('aria-label')
  })
  root.querySelectorAll('uni-image').forEach((one) => {
    const label = one.getAttribute('aria-label') ?? ''
    const inner = one.querySelector('img')
    inner?.setAttribute('alt', label || inner.getAttribute('alt') || '')
    if (label) one.removeAttribute('aria-label')
  })
}

// watchRoles keeps up with what uni draws; Enter and space press a button.
export function watchRoles(): void {
  document.documentElement.lang = 'zh-CN'
  let asked = false
  new MutationObserver(() => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      dress(document)
    })
  }).observe(document.documentElement, { childList: true, subtree: true })
  document.addEventListener('keydown', (e) => {
    const on = e.target as HTMLElement
    if ((e.key === 'Enter' || e.key === ' ') && on.getAttribute('role') === 'button') {
      e.preventDefault()
      on.click()
    }
  })
}
// #endif
