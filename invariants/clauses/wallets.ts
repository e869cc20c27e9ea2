import type { History } from '../history/history.ts';
import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import type { Findings } from '../model/findings.ts';
import type { Harvest, WalletEntryRow } from '../model/harvest.ts';
import { sagasById } from '../model/harvest-index.ts';
import { nameOf } from '../model/subject.ts';
import { walletDifference } from './wallet-difference.ts';

/** Wallets are the sums of their entries, every entry changes what its kind says, and entries are those that sagas owe. */
export function checkWallets(history: History, harvest: Harvest, findings: Findings): void {
  checkSums(harvest, findings);
  const ids = new Set<string>();
  for (const entry of harvest.walletEntries) {
    const { id, sagaId, userId } = entry;
    const violate = (message: string): void =>
      findings.violate(`entry ${id}: ${message}`, {
        entity: `wallet of user ${userId}`,
        hop: 'orchestrator -> wallet',
      });
    if (ids.has(id)) violate('stands twice');
    ids.add(id);
    if (!isOfItsKind(entry)) {
      violate(`a ${entry.kind} does not change points by ${entry.points} and balance by ${entry.balanceMinor}`);
    }
    if (sagaId !== '' && !sagasById(harvest).has(sagaId)) violate(`belongs to saga ${sagaId}, which does not exist`);
  }
  for (const saga of sagasById(harvest).values()) {
    const difference = walletDifference(harvest, saga);
    if (difference === undefined) continue;
    findings.violate(`its saga is ${saga.state}, but ${difference}`, {
      entity: nameOf(harvest, saga.orderId),
      hop: 'orchestrator -> wallet',
      events: acknowledgementOf(history, saga.orderId),
    });
  }
}

function checkSums(harvest: Harvest, findings: Findings): void {
  const sums = new Map<string, { points: number; balanceMinor: number }>();
  for (const { userId } of harvest.wallets) sums.set(userId, { points: 0, balanceMinor: 0 });
  for (const { id, userId, points, balanceMinor } of harvest.walletEntries) {
    const sum = sums.get(userId);
    if (sum === undefined) {
      const entity = `wallet of user ${userId}`;
      findings.violate(`entry ${id} is of a wallet that does not exist`, { entity, hop: 'entry -> wallet' });
      continue;
    }
    sum.points += points;
    sum.balanceMinor += balanceMinor;
  }
  for (const { userId, points, balanceMinor } of harvest.wallets) {
    const place = { entity: `wallet of user ${userId}`, hop: 'entry -> wallet' };
    const sum = sums.get(userId);
    if (sum?.points !== points) {
      findings.violate(`${points} points, but its entries sum up to ${sum?.points}`, place);
    }
    if (sum?.balanceMinor !== balanceMinor) {
      findings.violate(`balance ${balanceMinor}, but its entries sum up to ${sum?.balanceMinor} (minor units)`, place);
    }
    if (points < 0 || balanceMinor < 0) {
      findings.violate(`negative: ${points} points, balance ${balanceMinor} (minor units)`, place);
    }
  }
}

function isOfItsKind({ kind, points, balanceMinor, sagaId }: WalletEntryRow): boolean {
  switch (kind) {
    case 'grant':
      return points >= 0 && balanceMinor >= 0 && sagaId === '';
    case 'redeem':
      return points < 0 && balanceMinor === 0 && sagaId !== '';
    case 'give-back':
    case 'earn':
      return points > 0 && balanceMinor === 0 && sagaId !== '';
    case 'top-up':
      return points === 0 && balanceMinor > 0 && sagaId !== '';
  }
}
