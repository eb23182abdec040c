import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Reads statements from standard input, one a line in base64; answers each with a line: `ok`, or where and why not. */
class Parse {
    public static void main(String[] arguments) throws Exception {
        SqlParser parser = new SqlParser();
        for (String line : new String(System.in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
            String statement = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            System.out.println(said(parser, statement).replace('\n', ' '));
        }
    }

    private static String said(SqlParser parser, String statement) {
        try {
            parser.createStatement(statement);
            return "ok";
        } catch (ParsingException | StackOverflowError refused) {
            return refused.toString();
        }
    }
}
