/** Work in the writer's loop beside the stream's batches, a step at a time. */
export interface Task {
  readonly name: string;
  /** When the next step is due, Unix milliseconds; infinity while there is nothing to do. */
  dueMs(): number;
  /** "finished" has the task removed. */
  step(): Promise<"more" | "finished">;
}
