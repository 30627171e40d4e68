/** A head of the decoder's attention to the audio. */
export type AlignmentHead = readonly [layer: number, head: number];

/**
 * By decoder layers, width and vocabulary: the heads that follow the speech, `layer.head`, as OpenAI
 * published them for its models. native/core/alignment_heads.cc has the same table.
 */
const published: Readonly<Record<string, string>> = {
  '4 384 51864': '1.0 2.0 2.5 3.0 3.1 3.2 3.3 3.4', // tiny.en
  '4 384 51865': '2.2 3.0 3.2 3.3 3.4 3.5', // tiny
  '6 512 51864': '3.3 4.7 5.1 5.5 5.7', // base.en
  '6 512 51865': '3.1 4.2 4.3 4.7 5.1 5.2 5.4 5.6', // base
  '12 768 51864':
    '6.6 7.0 7.3 7.8 8.2 8.5 8.7 9.0 9.4 9.8 9.10 10.0 10.1 10.2 10.3 10.6 10.11 11.2 11.4', // small.en
  '12 768 51865': '5.3 5.9 8.0 8.4 8.7 8.8 9.0 9.7 9.9 10.5', // small
  '24 1024 51864':
    '11.4 14.1 14.12 14.14 15.4 16.0 16.4 16.9 17.12 17.14 18.7 18.10 18.15 20.0 20.3 20.9 20.14 21.12', // medium.en
  '24 1024 51865': '13.15 15.4 15.15 16.1 20.0 23.4', // medium
  '32 1280 51865':
    '10.12 13.17 16.11 16.12 16.13 17.15 17.16 18.4 18.11 18.19 19.11 21.2 21.3 22.3 22.9 22.12 23.5 23.7 23.13 25.5 26.1 26.12 27.15', // large-v2
  '32 1280 51866': '7.0 10.17 12.18 13.12 16.1 17.14 19.11 21.4 24.1 25.6', // large-v3
  '4 1280 51866': '2.4 2.11 3.3 3.6 3.11 3.14', // large-v3-turbo
};

/** The published alignment heads of a model of this shape; undefined for what is none of OpenAI's. */
export function publishedAlignmentHeads(shape: {
  readonly decoder_layers: number;
  readonly d_model: number;
  readonly vocab_size: number;
}): readonly AlignmentHead[] | undefined {
  const heads = published[`${shape.decoder_layers} ${shape.d_model} ${shape.vocab_size}`];
  return heads?.split(' ').map((pair) => {
    const [layer = 0, head = 0] = pair.split('.').map(Number);
    return [layer, head];
  });
}
