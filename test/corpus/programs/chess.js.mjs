/** Plays, counts and reads games of chess. */
import { Chess, validateFen } from "chess.js";
import { attempt, numbers } from "../kit.mjs";

const GAME = `[Event "Casual"]
[White "A"]
[Black "B"]

1. e4 e5 2. Nf3 {a comment} Nc6 3. Bb5 a6 (3... Nf6 4. O-O) 4. Ba4 Nf6 5. O-O Be7 6. Re1 b5 7. Bb3 d6 8. c3 O-O $1 1/2-1/2`;

export default function main() {
  return {
    nodes: [perft(new Chess(), 1), perft(new Chess("r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1"), 1)],
    random: randomGame(1, 12),
    read: readGame(),
    mate: scholarsMate(),
    errors: [
      attempt(() => new Chess("8/8/8/8 w - - 0 1")),
      attempt(() => new Chess().move("Ke2")),
      attempt(() => new Chess().move({ from: "e2", to: "e5" })),
      attempt(() => new Chess().loadPgn("1. e4 e9")),
    ],
    fens: ["8/8/8/8/8/8/8/8 w - - 0 1", "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR x KQkq - 0 1"].map((fen) =>
      validateFen(fen),
    ),
  };
}

/** How many games of `depth` moves there are from here. */
function perft(chess, depth) {
  if (depth === 0) return 1;
  return chess.moves().reduce((sum, move) => {
    chess.move(move);
    const below = perft(chess, depth - 1);
    chess.undo();
    return sum + below;
  }, 0);
}

function randomGame(seed, length) {
  const random = numbers(seed);
  const chess = new Chess();
  for (let ply = 0; ply < length && !chess.isGameOver(); ply++) {
    const moves = chess.moves({ verbose: true });
    chess.move(moves[Math.floor(random() * moves.length)]);
  }
  const last = chess.history({ verbose: true }).at(-1);
  return [
    chess.fen(),
    chess.history().join(" "),
    chess.ascii(),
    last.lan,
    last.before,
    chess.attackers("e4"),
    chess.isAttacked("d5", "w"),
  ];
}

function readGame() {
  const chess = new Chess();
  chess.loadPgn(GAME);
  chess.setComment("the end");
  return [
    chess.pgn({ maxWidth: 40, newline: "|" }),
    chess.getHeaders(),
    chess.getComments(),
    chess.board()[0].map((square) => square && square.type),
  ];
}

function scholarsMate() {
  const chess = new Chess();
  for (const move of ["e4", "e5", "Qh5", "Nc6", "Bc4", "Nf6", "Qxf7#"]) chess.move(move);
  return [chess.isCheckmate(), chess.isCheck(), chess.moves(), chess.turn(), chess.moveNumber()];
}
