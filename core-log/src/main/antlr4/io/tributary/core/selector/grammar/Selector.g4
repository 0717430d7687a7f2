/*
 * Message selectors as section 3.8.1 of the JMS 2.0 specification describes them. Conditions and values are one hierarchy here, so that
 * a parenthesis needs no looking ahead; the compiler tells them apart. Beyond the specification: identifiers in double quotes.
 */
grammar Selector;

options { caseInsensitive = true; }

selector : condition EOF ;

condition : conjunction (OR conjunction)* ;

conjunction : negation (AND negation)* ;

negation : NOT* comparison ;

comparison : sum test? ;

test
    : op=('=' | '<>' | '<' | '<=' | '>' | '>=') sum     # compares
    | NOT? BETWEEN low=sum AND high=sum                 # between
    | NOT? IN '(' STRING (',' STRING)* ')'              # in
    | NOT? LIKE pattern=STRING (ESCAPE escape=STRING)?  # like
    | IS NOT? NULL                                      # isNull
    ;

sum : product (('+' | '-') product)* ;

product : signed (('*' | '/') signed)* ;

signed : ('+' | '-')* primary ;

primary
    : EXACT               # exact
    | APPROXIMATE         # approximate
    | STRING              # text
    | (TRUE | FALSE)      # truth
    | IDENTIFIER          # identifier
    | DELIMITED           # delimited
    | '(' condition ')'   # nested
    ;

AND : 'AND' ;
OR : 'OR' ;
NOT : 'NOT' ;
BETWEEN : 'BETWEEN' ;
IN : 'IN' ;
LIKE : 'LIKE' ;
ESCAPE : 'ESCAPE' ;
IS : 'IS' ;
NULL : 'NULL' ;
TRUE : 'TRUE' ;
FALSE : 'FALSE' ;

EXACT : (DIGIT+ | '0X' [0-9A-F]+) 'L'? ;

APPROXIMATE
    : (DIGIT+ '.' DIGIT* EXPONENT? | '.' DIGIT+ EXPONENT? | DIGIT+ EXPONENT) [FD]?
    | DIGIT+ [FD]
    ;

STRING : '\'' (~'\'' | '\'\'')* '\'' ;

DELIMITED : '"' (~'"' | '""')+ '"' ;

// Java's identifiers: letters, currency signs and connecting punctuation, then digits and combining marks too.
IDENTIFIER options { caseInsensitive = false; } : START (START | [\p{Nd}\p{Mn}\p{Mc}])* ;

SPACE : [ \t\r\n\f]+ -> skip ;

// What is no token is one, so that the parser tells its place.
OTHER : . ;

fragment DIGIT : [0-9] ;
fragment EXPONENT : 'E' [+-]? DIGIT+ ;
fragment START options { caseInsensitive = false; } : [\p{L}\p{Nl}\p{Sc}\p{Pc}] ;
