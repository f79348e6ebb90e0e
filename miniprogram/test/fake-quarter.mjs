// The small server's quarters, disputes and township: what the client reads of
// them, and how a write changes it.

export function quarters({ households, shot, other }) {
  const items = [['HJ10', '院落亮化', '+5'], ['HJ06', '参加清洁日（五清理一活动）', '+3'], ['HJ14', '乱倒垃圾', '−3']]
  const event = (n, more = {}) => {
    const [code, title, points] = items[n % 3]
    return {
      id: 'ev' + n, household: households[n % 12], item: { code, title }, points, on: '2026-09-' + String(1 + (n % 28)).padStart(2, '0'), recorded_at: '2026-09-28T10:20:00+08:00',
      place: '村口文化广场', note: '', recorder: '张建国', typist: '', record: 'rec' + n, households_in_record: 1, photos: [shot], reused: [], late: false, state: 'pending', reason: '', line: 0, may_decide: true, why_not: '', ...more,
    }
  }
  const world = {
    events: [
      event(0, { note: '装了两盏灯', photos: [shot, other], reused: [{ words: '这张照片 9月3日张建国家的记录里也用过。' }] }),
      event(3, { late: true, typist: '刘玉梅' }),
      ...[1, 4, 7, 10, 13].map((n) => event(n, { record: 'batch', households_in_record: 5 })),
      event(2, { photos: [] }),
      event(6, { may_decide: false, why_not: '您自己记的，要请副组长来确认。' }),
    ],
    state: 'assessing', edition: 1, code: '', digest: 'd1', signatures: [{ name: '张建国', at: '2026-10-08T09:00:00+08:00', valid: true, mine: false }, { name: '赵德福', at: '2026-10-08T09:10:00+08:00', valid: false, mine: false }],
    blocked: [], overridden: false, withdrawal: null, withdrawn: null, alarms: undefined, disputes: undefined,
  }

  const pending = () => world.events.filter((e) => e.state === 'pending')
  const count = (state) => world.events.filter((e) => e.state === state).length
  const rows = [...households, ...households.map((h, i) => ({ ...h, id: 'x' + i, number: 'HQ-01' + (10 + i), head: h.head.slice(0, 1) + '春生' }))].map((h, i) => ({
    household: h.id, number: h.number, head: h.head, score: String(168 - i * 3), gained: '+' + (28 - i), rank: i < 22 ? i + 1 : 0,
  }))
  const late = [{ household: 'hh2', head: '张建国', item: '院落亮化', points: '+5', on: '2026-06-20' }]
  const errata = [{ household: 'hh3', head: '赵德福', line: 4, item: '乱倒垃圾', points: '+3', reason: '查明不是他家倒的' }]
  const season = () => ({ quarter: '2026Q3', state: world.state, edition: world.edition, code: world.code, publish_by: '2026-10-12', published_on: world.code ? '2026-10-08' : '', seal_on: world.code ? '2026-10-15' : '', late: false })
  const before = { quarter: '2026Q2', state: 'sealed', edition: 1, code: 'K7M2-Q9', publish_by: '2026-07-03', published_on: '2026-07-02', seal_on: '2026-07-09', late: false }
  const running = { quarter: '2026Q4', state: 'open', edition: 0, code: '', publish_by: '2027-01-06', late: false }

  const may = (who) => ({
    assess: who !== 'villager', sign: who === 'member', publish: who === 'member', ask_withdraw: who === 'member', withdraw: who === 'officer', override: who === 'officer',
  })
  const whole = (who, village) => ({
    ...season(), ...(village === 'v2' ? { state: 'assessing', late: true, published_on: '', code: '' } : {}), wall_until: world.code ? '2026-10-14' : '',
    counts: { pending: pending().length, confirmed: 212 + count('confirmed'), returned: 2 + count('returned'), rejected: 1 + count('rejected') },
    unsent: { phones: 1, records: 3, since: '2026-10-07T15:04:00+08:00' }, need: 3, digest: world.digest,
    blocked: village === 'v2' && !world.overridden ? [{ state: 'averaging', text: '全村 53 户里有 50 户分数一样，像是平均发分。' }] : world.blocked, overridden: world.overridden,
    withdrawal: village === 'v2' ? null : world.withdrawal, withdrawn: village === 'v2' ? null : world.withdrawn, signatures: world.signatures, may: may(who),
  })

  const line = { year: 2026, no: 6, on: '2026-10-12', item: '乱倒垃圾', points: '−3', recorder: '张建国', confirmer: '刘书记' }
  const steps = [{ at: '2026-10-13T09:00:00+08:00', text: '王桂兰家提了异议' }]
  const dispute = (id, number, state, more = {}) => ({
    id, number, state, household: households[0], line, words: '那天我家没有倒垃圾，是路过的车掉下来的。', photos: [shot], filed_at: '2026-10-13T09:00:00+08:00', by_helper: false, promised: '2026-10-19', due: '2026-10-19', overdue: false, escalated: false, extended: '', state_words: '等小组来查，最迟10月19日给结果', first: null, appeal_until: '',
    decision: null, appeal: null, steps, same_record: 0, may: {}, why_not: '', ...more,
  })
  const decision = { stands: true, stands_as: '', words: '维持不变', photos: [], reason: '查看了照片，垃圾确实在门口沟边，提醒后七天没有清。', by: '赵德福', at: '2026-10-16T15:00:00+08:00' }
  world.disputes = [
    dispute('c1', '12', 'filed'),
    dispute('c2', '11', 'decided', { decision, appeal_until: '2026-10-26', due: '2026-10-26', state_words: '维持不变，10月26日前等您回话', steps: [...steps, { at: '2026-10-14T08:40:00+08:00', text: '赵德福受理' }, { at: '2026-10-16T15:00:00+08:00', text: '赵德福答复：不改' }] }),
    dispute('c3', '10', 'accepted', { household: households[3], line: null, words: '11月8日我去了清洁日，没有给我家记。', by_helper: true, same_record: 2, overdue: true, escalated: true, state_words: '转给镇上办，最迟10月19日给结果' }),
    dispute('c4', '9', 'appealed', { household: households[4], decision, appeal: { words: '照片不是我家门口，请镇上来看。', due: '2026-10-23' }, due: '2026-10-23', state_words: '等镇上定，最迟10月23日' }),
  ]
  const powers = {
    villager: { filed: { withdraw: true, nudge: true }, accepted: { withdraw: true, nudge: true }, decided: { agree: true, appeal: true }, appealed: { nudge: true, withdraw: true } },
    member: { filed: { accept: true }, accepted: { extend: true, decide: true } },
    officer: { appealed: { decide: true } },
  }
  const shown = (c, who) => ({ ...c, may: powers[who]?.[c.state] ?? {} })

  const alarm = (id, more) => ({ id, kind: '', title: '', text: '', blocks: false, lines: [], homes: [], state: 'open', state_words: '等着看', outcome: '', words: '', closed_by: '', may_close: true, may_suspend: false, why_not: '', ...more })
  world.alarms = [
    alarm('al1', { kind: 'averaging', title: '分数太平均', text: '全村 53 户里有 50 户分数一样，像是平均发分。', blocks: true, may_close: false, why_not: '要镇里书面同意。' }),
    alarm('al2', { kind: 'photo_reused', title: '照片重复', text: '同一张照片用在了两户的记录里。', lines: [0, 1].map((i) => ({ id: 'l' + i, household: households[i], item: '院落亮化', points: '+5', on: '2026-09-12', recorder: '张建国' })) }),
    alarm('al3', { kind: 'unvisited', title: '没有走访', text: '有 4 户整个季度没有人走访。', homes: households.slice(0, 4), state: 'closed', state_words: '说得清', outcome: 'explained', words: '四户都在外打工，家里没人。', closed_by: '刘书记', may_close: false }),
  ]

  const summary = {
    month: '2026-10', text: '',
    sections: [{ title: '晚了的', lines: [{ text: '高坪村第三季度还没有公示', village: 'v2' }] }, { title: '还没定的异议', lines: [{ text: '红旗村 2 件，1 件超期', village: 'v1' }] }, { title: '通知不到的', lines: [{ text: '全镇 31 户，名单已给各村' }] }],
  }

  world.read = (path, query, who) => {
    const [, village, q, what] = /^\/villages\/([^/]+)\/quarters(?:\/(2\d{3}Q[1-4])(?:\/(\w+))?)?$/.exec(path) ?? []
    if (village && !q) return { quarters: village === 'v2' ? [running, { ...season(), state: 'assessing', late: true, published_on: '', code: '' }] : [running, season(), before] }
    if (q === '2026Q4' && !what) return { ...whole(who, village), ...running, signatures: [], withdrawal: null, withdrawn: null, counts: { pending: 4, confirmed: 31, returned: 0, rejected: 0 } }
    if (q && !what) return whole(who, village)
    if (what === 'events') {
      const all = world.events.filter((e) => e.state === query.get('state'))
      const from = Number(query.get('after') ?? 0)
      return { events: all.slice(from, from + 50), next: all.length > from + 50 ? String(from + 50) : '' }
    }
    if (what === 'preview') return { digest: world.digest, rows, late, errata, told: 21, untold: 3, notice: '红旗村第三季度公示了。您家 146 分，第 3 名，共 53 户。\n有不对的，10月14日前回：第几条不对' }
    if (what === 'sheet') return { ...season(), code: world.code || 'K7M2-Q9', state: 'published', published_on: '2026-10-08', wall_until: '2026-10-14', days_left: 4, rows: rows.map((r, i) => ({ ...r, household: undefined, number: '', head: r.head.slice(0, 1) + '*' + r.head.slice(-1), own: i === 2 })), late: late.map((l) => ({ ...l, head: '' })), errata: [] }
    if (what === 'alarms') return { alarms: world.alarms }
    const one = /^\/disputes\/(\w+)$/.exec(path)
    if (one) return world.disputes.find((c) => c.id === one[1]) && shown(world.disputes.find((c) => c.id === one[1]), who)
    if (/^\/households\/[^/]+\/disputes$/.test(path)) return { disputes: world.disputes.filter((c) => path.includes(c.household.id)) }
    if (/^\/villages\/[^/]+\/disputes$/.test(path)) return { disputes: world.disputes }
    if (/^\/townships\/[^/]+\/disputes$/.test(path)) return { disputes: world.disputes.filter((c) => c.state === 'appealed' || c.state === 'filed') }
    if (/^\/townships\/[^/]+\/summary$/.test(path)) return summary
    return undefined
  }

  const set = (id, state, reason = '') => Object.assign(world.events.find((e) => e.id === id) ?? {}, { state, reason })
  world.write = (path, body) => {
    const [, id, act] = /^\/events\/([^/]+)\/(confirm|return|reject)$/.exec(path) ?? []
    if (act) {
      set(id, { confirm: 'confirmed', return: 'returned', reject: 'rejected' }[act], body.reason)
      return { ok: true, line: 9 }
    }
    if (path === '/events/confirm') {
      for (const one of body.ids) set(one, 'confirmed')
      return { confirmed: body.ids.length, left: [] }
    }
    if (/\/sign$/.test(path)) {
      if (body.digest !== world.digest) return { refused: [409, 'conflict', '公示稿变了，请重新看过再签。'] }
      world.signatures = [world.signatures[0], { name: '李秀英', at: '2026-10-08T10:00:00+08:00', valid: true, mine: true }, { name: '刘书记', at: '2026-10-08T10:05:00+08:00', valid: true, mine: false }]
      return { ok: true }
    }
    if (/\/publish$/.test(path)) {
      if (body.digest !== world.digest) return { refused: [409, 'conflict', '公示稿变了，请重新看过再签。'] }
      Object.assign(world, { state: 'published', code: 'H3XN-8T' })
      return { code: world.code, seal_on: '2026-10-15' }
    }
    if (/\/quarters\/[^/]+\/withdraw$/.test(path)) {
      if (world.withdrawal) Object.assign(world, { withdrawal: null, withdrawn: { by: '周立新', at: '2026-10-09T10:00:00+08:00', reason: body.reason }, state: 'assessing', code: '' })
      else world.withdrawal = { asked_by: '李秀英', reason: body.reason }
      return { ok: true }
    }
    if (/\/override$/.test(path)) {
      world.overridden = true
      return { ok: true }
    }
    if (/^\/alarms\//.test(path)) {
      Object.assign(world.alarms.find((a) => path.includes(a.id)), { state: 'closed', state_words: '已改正', outcome: body.outcome, words: body.words, may_close: false })
      return { ok: true }
    }
    if (path === '/disputes') {
      world.disputes.unshift(dispute('c9', '13', 'filed', { words: body.words, line: body.line ? { ...line, no: body.line } : null }))
      return { id: 'c9', number: '13', promised: '2026-11-30' }
    }
    const [, which, deed] = /^\/disputes\/(\w+)\/(\w+)$/.exec(path) ?? []
    if (deed) {
      const one = world.disputes.find((c) => c.id === which)
      const to = { accept: 'accepted', decide: one.state === 'appealed' ? 'closed' : 'decided', withdraw: 'withdrawn', agree: 'closed', appeal: 'appealed' }[deed]
      if (to) one.state = to
      if (deed === 'decide') one.decision = { ...decision, stands: body.stands, stands_as: body.points ?? '', reason: body.reason }
      if (deed === 'appeal') Object.assign(one, { appeal: { words: body.words, due: '2026-10-30' }, state_words: '等镇上定，最迟10月30日' })
      if (deed === 'decide') one.state_words = '改了'
      return { ok: true }
    }
    return undefined
  }
  return world
}
