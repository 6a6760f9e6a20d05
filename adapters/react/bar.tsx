import type { ComponentProps, ReactNode } from "react"

export interface BarProps extends ComponentProps<"div"> {
  /** 0 to 100; undefined: nobody knows. */
  readonly percent: number | undefined
}

/** A bar, filled so far: without looks of its own but for the width of what is filled. */
export function Bar({ percent, children, ...rest }: BarProps): ReactNode {
  return (
    <div role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} data-part="bar" {...rest}>
      {children ?? <div data-part="fill" style={{ width: `${percent ?? 0}%` }} />}
    </div>
  )
}
