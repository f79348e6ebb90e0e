import { ref } from 'vue'

// useStale keeps what Stale shows of the answers that a page shows: since when one
// is old, or why there is none.
export function useStale() {
  const since = ref('')
  const message = ref('')
  function mark(...answers: { data?: unknown; since?: string; message?: string }[]) {
    since.value = answers.find((one) => one.since)?.since ?? ''
    message.value = answers.find((one) => !one.data)?.message ?? ''
  }
  return { since, message, mark }
}
