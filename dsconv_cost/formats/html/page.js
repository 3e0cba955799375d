(() => {
  'use strict'
  const root = document.documentElement
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)]
  const by = id => document.getElementById(id)
  root.classList.remove('no-script')

  // Light and dark: the system's choice, until the reader makes one.
  const theme = by('theme')
  const isDark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
  const nameTheme = () => { theme.textContent = isDark() ? 'Light colours' : 'Dark colours' }
  theme.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; nameTheme() })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme)
  nameTheme()

  // What a mark of a figure means: shown under the pointer and at the focus, hidden by Escape.
  const tip = by('tip')
  const hide = () => { tip.hidden = true }
  const show = (mark, x, y) => {
    tip.textContent = mark.getAttribute('aria-label')
    tip.hidden = false
    const box = tip.getBoundingClientRect()
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - box.width - 8)) + 'px'
    tip.style.top = (y + box.height + 24 > innerHeight ? Math.max(8, y - box.height - 12) : y + 18) + 'px'
  }
  const markOf = event => event.target.closest && event.target.closest('.m')
  const point = event => {
    const mark = markOf(event)
    if (mark) show(mark, event.clientX, event.clientY)
    else if (!markOf({ target: document.activeElement })) hide()
  }
  addEventListener('pointermove', point)
  addEventListener('pointerdown', point)
  const showFocused = () => {
    const mark = markOf({ target: document.activeElement })
    if (!mark) return hide()
    const box = mark.getBoundingClientRect()
    show(mark, box.left + box.width / 2, Math.min(box.top + 20, innerHeight - 60))
  }
  addEventListener('focusin', showFocused)
  addEventListener('focusout', hide)
  addEventListener('scroll', () => { if (!tip.hidden) showFocused() }, { passive: true, capture: true })

  // A figure is one stop of the Tab key; arrows move between its marks.
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }
  addEventListener('keydown', event => {
    if (event.key === 'Escape') hide()
    const mark = markOf(event)
    if (!mark) return
    if (event.key in steps) {
      const marks = all('.m', mark.ownerSVGElement)
      const next = marks[Math.max(0, Math.min(marks.length - 1, marks.indexOf(mark) + steps[event.key]))]
      mark.setAttribute('tabindex', '-1')
      next.setAttribute('tabindex', '0')
      next.focus()
      event.preventDefault()
    } else if ((event.key === 'Enter' || event.key === ' ') && mark.dataset.l) {
      choose(mark.dataset.l)
      event.preventDefault()
    }
  })

  // One layer chosen in a figure, the table or the list: marked everywhere, and its formulas shown.
  const list = by('layer'), worked = by('worked'), chosen = by('chosen')
  const data = list && JSON.parse(by('formulas').textContent)
  const made = (tag, text) => { const one = document.createElement(tag); one.textContent = text; return one }
  const choose = name => {
    if (!list || !(name in data.layers)) return
    list.value = name
    all('.chosen').forEach(one => one.classList.remove('chosen'))
    all('[data-l]').forEach(one => { if (one.dataset.l === name) one.classList.add('chosen') })
    worked.replaceChildren(...data.layers[name].flatMap(([title, lines]) => [
      made('h3', title), made('pre', lines.map(line => data.lines[line]).join('\n'))
    ]))
    chosen.hidden = false
    chosen.querySelector('b').textContent = name
  }
  if (list) {
    list.addEventListener('change', () => choose(list.value))
    chosen.querySelector('button').addEventListener('click', () => {
      chosen.hidden = true
      all('.chosen').forEach(one => one.classList.remove('chosen'))
    })
    addEventListener('click', event => {
      const one = event.target.closest('[data-l]')
      if (one && !String(getSelection())) choose(one.dataset.l)
    })
  }

  // Tables: sorted by the button of a column, filtered by words and by a choice.
  const value = cell => cell.dataset.v ?? cell.textContent.replaceAll(',', '')
  const compare = (a, b) => {
    if (a === '' || b === '') return (a === '') - (b === '')
    const difference = a - b
    return Number.isNaN(difference) ? a.localeCompare(b) : difference
  }
  for (const table of all('table[data-sort]')) {
    const body = table.tBodies[0], heads = all('thead th', table)
    heads.forEach((head, column) => {
      const button = made('button', head.textContent)
      button.type = 'button'
      head.replaceChildren(button)
      button.addEventListener('click', () => {
        const was = head.getAttribute('aria-sort')
        const words = Number.isNaN(Number(value(body.rows[0].cells[column]) || 0))
        const up = was ? was === 'descending' : words || column === 0
        heads.forEach(other => other.removeAttribute('aria-sort'))
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending')
        const keyed = [...body.rows].map(row => [value(row.cells[column]), row])
        const empty = keyed.filter(([key]) => key === ''), full = keyed.filter(([key]) => key !== '')
        full.sort(([a], [b]) => up ? compare(a, b) : compare(b, a))
        body.append(...[...full, ...empty].map(([, row]) => row))
      })
    })
    const tools = by(table.dataset.tools)
    if (!tools) continue
    const words = tools.querySelector('input'), kind = tools.querySelector('select'), told = tools.querySelector('output')
    const tell = count => {
      told.textContent = `${count.toLocaleString('en')} of ${body.rows.length.toLocaleString('en')} shown`
    }
    const filter = () => {
      const sought = words.value.toLowerCase().split(/\s+/).filter(Boolean)
      let count = 0
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase()
        const kept = sought.every(word => text.includes(word)) && (!kind || !kind.value || row.dataset.k === kind.value)
        row.hidden = !kept
        count += kept
      }
      tell(count)
    }
    words.addEventListener('input', filter)
    if (kind) kind.addEventListener('change', filter)
    tell(body.rows.length)
  }
})()
