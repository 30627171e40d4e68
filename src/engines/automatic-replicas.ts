import type { DeviceName, EngineName } from '../types.js';

/** What an engine computes on, with how many threads in all. */
export interface ReplicaNeeds {
  readonly engine: EngineName;
  readonly device: DeviceName;
  readonly threads: number;
}

/** Replicas where nobody named a number. */
export function automaticReplicas({ engine, device, threads }: ReplicaNeeds): number {
  // CTranslate2: replicas of one thread beat threads of one replica by 1.3 to 1.9 on a CPU.
  // whisper.cpp scales with threads, and each replica costs it a state of a few 100 MB.
  return device === 'cpu' && engine === 'ctranslate2' ? threads : 1;
}
