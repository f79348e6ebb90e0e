// minus tells a deduction by its words, "-3" or "−3".
export const minus = (points: string): boolean => /^[-−]/.test(points)
