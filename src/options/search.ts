import { z } from 'zod';

/** What all of CTranslate2's and whisper.cpp's searches share; each command gives them its group. */
export const searchShape = {
  patience: z
    .number()
    .min(0.1)
    .max(10)
    .default(1)
    .describe('A beam search ends with beamSize x patience finished hypotheses; 1 is the usual'),
  lengthPenalty: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe('Exponent of the length by which the score of a hypothesis is divided; 0: none'),
  repetitionPenalty: z
    .number()
    .min(0.1)
    .max(10)
    .default(1)
    .describe('Divides the score of tokens that stand there already; 1: none'),
};
