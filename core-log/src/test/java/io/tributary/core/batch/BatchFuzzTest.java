package io.tributary.core.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;

class BatchFuzzTest {
    private static final long SEED = 20261121;
    private static final Set<ErrorCode> REFUSALS = Set.of(ErrorCode.CORRUPT_BATCH, ErrorCode.INVALID_BATCH, ErrorCode.BATCH_TOO_LARGE);

    @Test
    void mutatedBatchesAreTakenOrRefusedWithATypedError() {
        Random random = new Random(SEED);
        int refused = 0;
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            ByteBuffer batches = sample(random);
            mutate(batches, random);
            batches.limit(random.nextInt(8) == 0 ? random.nextInt(batches.limit() + 1) : batches.limit());
            try {
                BatchValidator.validate(batches, 1 << 16, BatchValidator.Allowed.PLAIN);
                TestBatches.decode(batches);
            } catch (BrokerException refusal) {
                assertThat(refusal.code()).as("seed %s round %s", SEED, round).isIn(REFUSALS);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(rounds / 2);
    }

    @Test
    void batchesWithARightChecksumAndWrongContentsDoNotBreakTheDecoder() {
        Random random = new Random(SEED);
        List<CompressionType> codecs = List.copyOf(EnumSet.allOf(CompressionType.class));
        for (int round = 0; round < 20_000; round++) {
            ByteBuffer batch = TestBatches.of(codecs.get(random.nextInt(codecs.size())), 7, "one", "two",
                "three".repeat(50));
            for (int i = random.nextInt(4); i >= 0; i--) {
                batch.put(BatchHeader.LAST_OFFSET_DELTA + random.nextInt(batch.limit() - BatchHeader.LAST_OFFSET_DELTA),
                    (byte) random.nextInt());
            }
            batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, batch.limit()));
            assertThat(BatchDecoder.decode(batch, 0, 1000, null, new ArrayList<>())).isGreaterThanOrEqualTo(0);
            try {
                BatchValidator.validate(batch, 1 << 16, BatchValidator.Allowed.PLAIN);
            } catch (BrokerException refusal) {
                assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_BATCH);
            }
        }
    }

    @Test
    void aCompressedBatchThatUnpacksWithoutEndIsPassedOver() {
        ByteBuffer bomb = TestBatches.of(CompressionType.ZSTD, 7, "0".repeat(BatchDecoder.MAX_UNPACKED_BYTES + 1));
        assertThat(TestBatches.decode(bomb)).isEmpty();
    }

    @Test
    void refusesWhatNeedsACoordinatorAndTheWrongFormat() {
        ByteBuffer transactional = TestBatches.of("v");
        transactional.putShort(BatchHeader.ATTRIBUTES, (short) BatchHeader.TRANSACTIONAL);
        transactional.putInt(BatchHeader.CRC, BatchHeader.checksum(transactional, 0, transactional.limit()));
        assertRefused(transactional, ErrorCode.INVALID_BATCH);
        ByteBuffer old = TestBatches.of("v");
        old.put(BatchHeader.MAGIC_AT, (byte) 1);
        assertRefused(old, ErrorCode.INVALID_BATCH);
        assertRefused(ByteBuffer.allocate(0), ErrorCode.INVALID_BATCH);
        ByteBuffer huge = TestBatches.of("v");
        huge.putInt(BatchHeader.LENGTH, Integer.MAX_VALUE);
        assertRefused(huge, ErrorCode.CORRUPT_BATCH);
        assertRefused(TestBatches.of("v".repeat(1 << 16)), ErrorCode.BATCH_TOO_LARGE);
    }

    private static void assertRefused(ByteBuffer batch, ErrorCode code) {
        assertThatThrownBy(() -> BatchValidator.validate(batch, 1 << 16, BatchValidator.Allowed.PLAIN))
            .isInstanceOfSatisfying(BrokerException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static ByteBuffer sample(Random random) {
        ByteBuffer first = TestBatches.of("a", "b".repeat(random.nextInt(50)));
        return random.nextBoolean() ? first : TestBatches.join(first, TestBatches.of("c"));
    }

    private static void mutate(ByteBuffer batches, Random random) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            batches.put(random.nextInt(batches.limit()), (byte) random.nextInt());
        }
    }
}
