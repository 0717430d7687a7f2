package io.tributary.protocol.amqp.codec;

/** The connection class (section 1.4 of the reference), with RabbitMQ's blocked notices and secret update. */
public sealed interface ConnectionMethod extends Method {
    record Start(int versionMajor, int versionMinor, FieldTable serverProperties, byte[] mechanisms,
                 byte[] locales) implements ConnectionMethod {
        static Start read(ArgumentReader in) {
            return new Start(in.uint8(), in.uint8(), in.table(), in.longString(), in.longString());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_START;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint8(versionMajor).uint8(versionMinor).table(serverProperties).longString(mechanisms).longString(locales);
        }
    }

    record StartOk(FieldTable clientProperties, String mechanism, byte[] response, String locale) implements ConnectionMethod {
        static StartOk read(ArgumentReader in) {
            return new StartOk(in.table(), in.shortString(), in.longString(), in.shortString());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_START_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.table(clientProperties).shortString(mechanism).longString(response).shortString(locale);
        }
    }

    record Secure(byte[] challenge) implements ConnectionMethod {
        static Secure read(ArgumentReader in) {
            return new Secure(in.longString());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_SECURE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.longString(challenge);
        }
    }

    record SecureOk(byte[] response) implements ConnectionMethod {
        static SecureOk read(ArgumentReader in) {
            return new SecureOk(in.longString());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_SECURE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.longString(response);
        }
    }

    record Tune(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {
        static Tune read(ArgumentReader in) {
            return new Tune(in.uint16(), in.uint32(), in.uint16());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_TUNE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(channelMax).uint32(frameMax).uint16(heartbeat);
        }
    }

    record TuneOk(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {
        static TuneOk read(ArgumentReader in) {
            return new TuneOk(in.uint16(), in.uint32(), in.uint16());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_TUNE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(channelMax).uint32(frameMax).uint16(heartbeat);
        }
    }

    record Open(String virtualHost) implements ConnectionMethod {
        static Open read(ArgumentReader in) {
            Open method = new Open(in.shortString());
            in.shortString();
            in.bit();
            return method;
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_OPEN;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString(virtualHost).shortString("").bit(false);
        }
    }

    record OpenOk() implements ConnectionMethod {
        static OpenOk read(ArgumentReader in) {
            in.shortString();
            return new OpenOk();
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_OPEN_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString("");
        }
    }

    record Close(int replyCode, String replyText, int classId, int methodId) implements ConnectionMethod {
        static Close read(ArgumentReader in) {
            return new Close(in.uint16(), in.shortString(), in.uint16(), in.uint16());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_CLOSE;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.uint16(replyCode).shortString(replyText).uint16(classId).uint16(methodId);
        }
    }

    record CloseOk() implements ConnectionMethod {
        static CloseOk read(ArgumentReader in) {
            return new CloseOk();
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_CLOSE_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Blocked(String reason) implements ConnectionMethod {
        static Blocked read(ArgumentReader in) {
            return new Blocked(in.shortString());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_BLOCKED;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.shortString(reason);
        }
    }

    record Unblocked() implements ConnectionMethod {
        static Unblocked read(ArgumentReader in) {
            return new Unblocked();
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_UNBLOCKED;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record UpdateSecret(byte[] newSecret, String reason) implements ConnectionMethod {
        static UpdateSecret read(ArgumentReader in) {
            return new UpdateSecret(in.longString(), in.shortString());
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_UPDATE_SECRET;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.longString(newSecret).shortString(reason);
        }
    }

    record UpdateSecretOk() implements ConnectionMethod {
        static UpdateSecretOk read(ArgumentReader in) {
            return new UpdateSecretOk();
        }

        @Override
        public MethodType type() {
            return MethodType.CONNECTION_UPDATE_SECRET_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }
}
