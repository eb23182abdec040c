import { appPartition, requireApp } from '../apps/app.ts';
import type { Registry } from '../ports.ts';
import type { Operation, Operations } from '../protocol/operation.ts';
import { pageOf, tokenOf } from '../protocol/paging.ts';
import { createImportJob, type JobDeps } from './create-import-job.ts';
import { importJobResponse, JOB_PREFIX, type JobRow, requireJob } from './job.ts';

const getImportJob =
  (registry: Registry): Operation<'GetImportJob'> =>
  async ({ ApplicationId, JobId }) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const { row } = await requireJob(registry, app.id, JobId);
    return { ImportJobResponse: importJobResponse(row) };
  };

const getImportJobs =
  (registry: Registry): Operation<'GetImportJobs'> =>
  async (input) => {
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const page = pageOf(input, JOB_PREFIX);
    const { rows, after } = await registry.list<JobRow>(appPartition(app.id), JOB_PREFIX, page);
    return {
      ImportJobsResponse: { Item: rows.map(({ row }) => importJobResponse(row)), ...tokenOf(after) },
    };
  };

export const jobOperations = (deps: JobDeps) =>
  ({
    CreateImportJob: createImportJob(deps),
    GetImportJob: getImportJob(deps.registry),
    GetImportJobs: getImportJobs(deps.registry),
  }) satisfies Operations;
