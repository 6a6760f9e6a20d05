/** Answers for a child process while its main thread computes, and ends it when its parent is gone. */
import { Socket } from "node:net"
import { workerData } from "node:worker_threads"
import { SlotTable } from "../worker/slot-table.ts"
import { control, type ControlRecord, encodeRecord, RecordReader } from "./control-records.ts"
import { killGroup } from "./kill-group.ts"
import { controlFd } from "./process-data.ts"

const slots = new SlotTable(workerData as SharedArrayBuffer)
// What the parent has been told last of each slot, and of which attempt in it.
const told = new Float64Array(SlotTable.size)
const toldOf = new Int32Array(SlotTable.size)

const parent = new Socket({ fd: controlFd, readable: true, writable: true })
const records = new RecordReader(obey)
parent.on("data", (chunk: Buffer) => records.push(chunk))
parent.on("close", () => killGroup(process.pid))
parent.on("error", () => killGroup(process.pid))

function obey({ kind, slot, ticket }: ControlRecord): void {
  switch (kind) {
    case control.revoke:
      parent.write(encodeRecord(kind, slot, ticket, slots.revoke(slot, ticket) ? 1 : 0))
      return
    case control.abort:
      slots.abort(slot, ticket)
      return
    case control.sample: {
      const fraction = slots.progress[slot] ?? 0
      if (ticket === toldOf[slot] && fraction === told[slot]) return
      toldOf[slot] = ticket
      told[slot] = fraction
      parent.write(encodeRecord(kind, slot, ticket, fraction))
    }
  }
}
