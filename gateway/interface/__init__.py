"""Operations as rows: everything the gateway knows of an interface, without how it is done."""
