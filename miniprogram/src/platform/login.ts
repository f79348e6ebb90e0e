// Who holds the phone, as WeChat says it.

import { stage } from './stage'

// loginCode is what the server asks WeChat about; '' where there is none, as in
// a browser outside the demo page.
export async function loginCode(): Promise<string> {
  // #ifdef H5
  return stage.login
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((done) => {
    uni.login({ provider: 'weixin', success: (r) => done(r.code), fail: () => done('') })
  })
  // #endif
}

// systemScale is how much larger than usual the phone's own letters are.
export function systemScale(): number {
  // #ifdef MP-WEIXIN
  const info = uni.getAppBaseInfo() as { fontSizeScaleFactor?: number }
  return info.fontSizeScaleFactor ?? 1
  // #endif
  // #ifdef H5
  return 1
  // #endif
}
