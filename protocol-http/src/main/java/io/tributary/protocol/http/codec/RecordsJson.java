package io.tributary.protocol.http.codec;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;

/** Records read from a topic. */
@Schema(name = "Records")
public record RecordsJson(
        @ArraySchema(schema = @Schema(implementation = RecordJson.Described.class)) List<RecordJson> records,
        @Schema(description = "Partition to the offset to read next; as a parameter: offset=0:12,1:40", example = "{\"0\": 13}")
        Map<Integer, Long> next) {
}
