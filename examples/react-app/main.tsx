import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { SupervisorProvider } from "tasktor/react"
import { App } from "./app.tsx"
import { supervisor } from "./supervisor.ts"

const root = document.querySelector("#root")
if (root === null) throw new Error("The page has no #root")
createRoot(root).render(
  <StrictMode>
    <SupervisorProvider supervisor={supervisor}>
      <App />
    </SupervisorProvider>
  </StrictMode>,
)
