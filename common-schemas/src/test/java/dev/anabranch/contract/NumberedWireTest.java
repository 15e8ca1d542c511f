package dev.anabranch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.NumberedWire.Payload;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.apache.avro.Schema;

class NumberedWireTest {
    private static final NumberedWire<SpeedCell> CELLS = NumberedWire.SPEED_CELL;

    @Property
    void theBytesAreAvrosAndAvrosAreRead(@ForAll long number, @ForAll @Size(max = 300) byte[] payload) {
        byte[] avros = Wire.SPEED_CELL.encode(new SpeedCell(number, ByteBuffer.wrap(payload)));

        assertThat(CELLS.write(number, payload)).isEqualTo(avros);
        assertSame(CELLS.read(avros), number, payload);
    }

    @Property(tries = 5000)
    void damagedBytesAreReadAsAvroReadsThemOrRefusedWhereItRefusesThem(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] payload = new byte[random.nextInt(40)];
        random.nextBytes(payload);
        byte[] whole = CELLS.write(random.nextLong() >> random.nextInt(64), payload);
        byte[] bytes = Arrays.copyOf(whole, 10 + random.nextInt(whole.length - 9));
        for (int i = random.nextInt(4); i > 0 && bytes.length > 10; i--) {
            bytes[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt(256);
        }

        SpeedCell avros;
        try {
            avros = Wire.SPEED_CELL.decode(bytes);
        } catch (IllegalArgumentException refused) {
            assertThatThrownBy(() -> CELLS.read(bytes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Not a SpeedCell");
            return;
        }
        assertSame(CELLS.read(bytes), avros.getLastOffset(), Wire.bytes(avros.getAggregate()));
    }

    @Example
    void whatAnotherSchemaWroteIsReadByAvro() {
        // It takes the schema of rows for today's, so a cell is what another one wrote.
        NumberedWire<SpeedCell> tomorrows = new NumberedWire<>(
                BatchRow.getClassSchema(), Wire.SPEED_CELL, SpeedCell::getLastOffset, SpeedCell::getAggregate);

        assertSame(tomorrows.read(CELLS.write(7, new byte[] {1, 2})), 7, new byte[] {1, 2});
    }

    @Example
    void aSchemaThatIsNotInTheHistoryIsRefused() {
        byte[] unknown = CELLS.write(7, new byte[] {1});
        unknown[4] ^= 1; // the fingerprint

        assertThatThrownBy(() -> CELLS.read(unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not a SpeedCell");
        assertThatThrownBy(() -> NumberedWire.BATCH_ROW.read(CELLS.write(7, new byte[] {1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not a BatchRow");
    }

    @Example
    void aRecordOfAnotherShapeIsRefusedAtOnce() {
        Schema header = BatchHeader.getClassSchema();

        assertThatThrownBy(() -> new NumberedWire<>(
                        header, Wire.BATCH_HEADER, BatchHeader::getGeneration, h -> ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Record BatchHeader must be a long and bytes");
    }

    private static void assertSame(Payload read, long number, byte[] payload) {
        assertThat(read.number()).isEqualTo(number);
        assertThat(Arrays.copyOfRange(read.array(), read.from(), read.from() + read.length()))
                .isEqualTo(payload);
    }
}
