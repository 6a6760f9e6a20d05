import { button, set, setText } from "./element.ts"

const themes = ["auto", "light", "dark"] as const
type Theme = (typeof themes)[number]

const place = "tasktor-inspector-theme"

/** Light, dark, or as the system has it; remembered where the browser lets us. */
export function chooseTheme(): void {
  let theme = remembered()
  const show = (): void => {
    set(document.documentElement, "data-theme", theme === "auto" ? undefined : theme)
    setText(button("theme"), `Theme: ${theme}`)
  }
  button("theme").addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto"
    remember(theme)
    show()
  })
  show()
}

function remembered(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(place)) ?? "auto"
  } catch {
    return "auto"
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(place, theme)
  } catch {
    // A page in an iframe may not be allowed to: it begins anew each time.
  }
}
