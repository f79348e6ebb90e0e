import { ref } from 'vue'

// useStale keeps what Stale shows of the answer that a page shows: since when it
// is old, or why there is none.
export function useStale() {
  const since = ref('')
  const message = ref('')
  function mark(answer: { data?: unknown; since?: string; message?: string }) {
    since.value = answer.since ?? ''
    message.value = answer.data ? '' : answer.message ?? ''
  }
  return { since, message, mark }
}
