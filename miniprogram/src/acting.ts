// Acts that need a signal: one at a time, and what was not done is said in its
// place on the page.

import { ref } from 'vue'
import type { Answer } from './draft'
import { words } from './words'

// why is what a person reads of an answer that is no yes.
export function why(answer: Answer): string {
  if (answer.kind === 'ok') return ''
  return answer.kind === 'refused' ? answer.message : words.trouble.notDone
}

export function useAct() {
  const busy = ref('')
  const trouble = ref('')

  // run does an act unless one is under way; its answer where it was a yes.
  async function run(name: string, act: () => Promise<Answer>): Promise<Record<string, any> | undefined> {
    if (busy.value) return undefined
    busy.value = name
    trouble.value = ''
    const answer = await act()
    busy.value = ''
    trouble.value = why(answer)
    return answer.kind === 'ok' ? answer.data : undefined
  }

  return { busy, trouble, run }
}
