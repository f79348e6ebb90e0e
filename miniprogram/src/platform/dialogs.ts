// closeDialogs closes what lies over the pages: it belongs to who opened it. In
// WeChat a phone is one person's.
export function closeDialogs(): void {
  // #ifdef H5
  ;(uni as unknown as { hideModal(): void }).hideModal()
  uni.closePreviewImage({ fail: () => {} })
  // #endif
}
