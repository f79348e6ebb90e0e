import { computed } from 'vue'
import { session } from '../session'

// pageStyle sets the size of all letters of a page, through its page-meta.
export const pageStyle = computed(() => `--fs:${session.scale}`)
