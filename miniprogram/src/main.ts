import { createSSRApp } from 'vue'
import App from './App.vue'
import { start } from './platform/start'

// createApp is the name that uni-app calls.
export function createApp() {
  const app = createSSRApp(App)
  start()
  return { app }
}
