import { describe, expect, it } from 'vitest';
import { idsOf } from './ids';

describe('ids', () => {
  // `crates/domain/src/ids.rs` expects the same.
  it('an_id_is_the_one_the_hub_will_give', () => {
    expect(idsOf('0197-staff', 'key', 2)).toEqual([
      '3be57f28-d65e-8469-aab9-40ddcc593849',
      '0e76a292-5737-8fbe-b239-791c5b195ce0',
    ]);
  });
});
